import { describe, expect, it } from '@jest/globals';
import {
  alignSeries,
  isolatedPoints,
  lastOf,
} from '../../../../../local/ops/page/graph/align-series.ts';
import {
  type GraphWidget,
  graphData,
  timeWindow,
} from '../../../../../local/ops/page/graph/graph-data.ts';
import { stackSeries } from '../../../../../local/ops/page/graph/stack-series.ts';
import { linesInView, yRange } from '../../../../../local/ops/page/graph/y-range.ts';

const MINUTE = 60_000;

describe('series on one axis of time', () => {
  const inMinutes = { from: 0, periodMs: MINUTE };

  it('have nothing where only others have a datapoint', () => {
    const series = [
      [
        [0, 1],
        [2 * MINUTE, 3],
      ],
      [[MINUTE, 2]],
    ] as const;
    expect(alignSeries(series, inMinutes)).toEqual({
      times: [0, MINUTE, 2 * MINUTE],
      values: [
        [1, null, 3],
        [null, 2, null],
      ],
    });
  });

  it('are interrupted where all of them pause', () => {
    const paused = [
      [0, 1],
      [MINUTE, 1],
      [5 * MINUTE, 1],
    ] as const;
    expect(alignSeries([paused], inMinutes)).toEqual({
      times: [0, MINUTE, 2 * MINUTE, 5 * MINUTE],
      values: [[1, 1, null, 1]],
    });
  });

  it('begin with the window, and end with the last that is known', () => {
    const points = [
      [0, 7],
      [MINUTE, 8],
    ] as const;
    const aligned = alignSeries([points, []], { from: 1, periodMs: MINUTE });
    expect(aligned.times).toEqual([MINUTE]);
    expect(lastOf(aligned, 0)).toEqual({ at: MINUTE, value: 8 });
    expect(lastOf(aligned, 1)).toBe(undefined);
  });

  it('show a datapoint without neighbours, zero too, and no other', () => {
    expect(isolatedPoints([0, null, 2, 3, null, 4])).toEqual([0, 5]);
    expect(isolatedPoints([])).toEqual([]);
  });
});

describe('areas', () => {
  it('stand on those before them; who has no datapoint adds nothing', () => {
    const columns = [
      [1, 1, null],
      [2, null, null],
      [4, 4, null],
    ];
    expect(stackSeries(columns)).toEqual([
      [1, 1, null],
      [3, 1, null],
      [7, 5, null],
    ]);
  });

  it('are not drawn for a series without any', () => {
    expect(
      stackSeries([
        [1, 2],
        [null, null],
        [1, 1],
      ]),
    ).toEqual([
      [1, 2],
      [null, null],
      [2, 3],
    ]);
    expect(stackSeries([])).toEqual([]);
  });
});

describe('the axis', () => {
  const limit = { value: 3_000, label: 'slow' };

  it.each([
    { description: 'near the data: it is in view', max: 1_000, isInView: true },
    { description: 'below the data: it is in view', max: 9_000, isInView: true },
    { description: 'far above: the data would be flat', max: 200, isInView: false },
    { description: 'above nothing but zeros: it is all there is', max: 0, isInView: true },
    { description: 'without data: it is all there is', max: null, isInView: true },
  ])('has a limit $description', ({ max, isInView }) => {
    expect(linesInView([limit], max)).toEqual(isInView ? [limit] : []);
    const [, to] = yRange({ min: 0 }, { min: 0, max }, [limit]);
    expect(to > 3_000).toBe(isInView);
  });

  it.each([
    { description: 'what the widget says', axis: { min: 5, max: 9 }, range: [5, 9] },
    { description: 'zero below and some room above', axis: {}, range: [0, 110] },
  ])('takes $description', ({ axis, range }) => {
    const [from, to] = yRange(axis, { min: 20, max: 100 }, []);
    expect([from, Math.round(to)]).toEqual(range);
  });

  it('is never empty', () => {
    expect(yRange({ min: 0 }, { min: null, max: null }, [])).toEqual([0, 1]);
  });
});

describe('a graph', () => {
  const widget: GraphWidget = {
    ...{ id: 'w', kind: 'graph', title: 'Jobs', x: 0, y: 0, width: 8, height: 6 },
    ...{ periodSeconds: 60, stacked: true, leftAxis: {}, rightAxis: {}, lines: [] },
    left: ['a', 'b'].map((id) => ({ id, label: id, description: id })),
    right: [{ id: 'c', label: 'c', description: 'c' }],
  };
  const points = { a: [[0, 1]], b: [[0, 2]], c: [[0, 50]] } as const;

  it('stacks each axis by itself, and reads what was measured', () => {
    const { series, drawn, measured } = graphData(widget, points, 0);
    expect(drawn).toEqual([[1], [3], [50]]);
    expect(measured.values).toEqual([[1], [2], [50]]);
    expect(series.map(({ side, last }) => [side, last?.value])).toEqual([
      ['left', 1],
      ['left', 2],
      ['right', 50],
    ]);
  });

  it('ends with the period that is running', () => {
    expect(timeWindow(90_000, MINUTE, 900_000)).toEqual({ from: -780_000, to: 120_000 });
    expect(timeWindow(120_000, MINUTE, 900_000).to).toBe(180_000);
  });
});
