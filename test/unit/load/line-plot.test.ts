import { describe, expect, it } from '@jest/globals';
import { linePlot, ticks } from '../../load/report/line-plot.ts';

describe('the ticks of an axis', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [7, [0, 2, 4, 6, 8]],
    [1_000, [0, 200, 400, 600, 800, 1_000]],
    [1_001, [0, 250, 500, 750, 1_000, 1_250]],
  ])('go from zero to the first round number that is not below %d', (max, expected) => {
    expect(ticks(max).map((tick) => Number(tick.toPrecision(6)))).toEqual(expected);
  });
});

describe('a plot', () => {
  it('puts zero at the bottom left and the largest value at the top right', () => {
    const lines = [
      {
        label: 'p50',
        points: [
          [0, 0],
          [10, 100],
        ] as [number, number][],
      },
    ];
    const svg = linePlot({ title: 'Latency', xLabel: 's', yLabel: 'ms', lines });

    expect(/points="([^"]+)"/.exec(svg)?.[1]).toBe('64,220 704,12');
  });

  it('is drawn without any point, too', () => {
    expect(linePlot({ title: 'None', xLabel: 's', yLabel: 'ms', lines: [] })).not.toContain('NaN');
  });
});
