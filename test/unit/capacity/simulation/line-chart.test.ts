import { describe, expect, it } from '@jest/globals';
import { type LineChart, toSvg } from '../../../capacity/simulation/line-chart.ts';

const AXIS = { scale: 'linear', min: 0, max: 10, ticks: [0, 10], format: String } as const;

const CHART: LineChart = {
  title: 'Less < more & "so on"',
  x: { ...AXIS, label: 'across' },
  y: { ...AXIS, scale: 'log', min: 0.1, ticks: [0.1, 1, 10], label: 'up' },
  curves: [
    {
      label: 'one',
      colour: 0,
      points: [
        { x: 0, y: 0.1 },
        { x: 5, y: 1 },
        { x: 10, y: undefined },
      ],
    },
  ],
};

describe('a chart', () => {
  it('places points by its axes, whichever scale they have', () => {
    // Half of the way across, and half of the way up in powers of ten.
    expect(toSvg(CHART)).toContain('points="72,308 386,176"');
  });

  it('keeps its words as text, escaped', () => {
    const svg = toSvg(CHART);
    expect(svg).toContain('>Less &lt; more &amp; &quot;so on&quot;</text>');
    expect(svg).toContain('>one</text>');
  });

  it('says where a curve leaves it', () => {
    expect(toSvg(CHART)).toContain('d="M700 44 l-5 9 h10 z"');
  });

  it('follows the scheme of the reader', () => {
    expect(toSvg(CHART)).toContain('prefers-color-scheme: dark');
  });
});
