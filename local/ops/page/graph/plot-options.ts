import type uPlot from 'uplot';
import { formatTick, formatTime } from '../format.ts';
import { isolatedPoints } from './align-series.ts';
import type { GraphSeries, GraphWidget, TimeWindow } from './graph-data.ts';
import { limitLines } from './limit-lines.ts';
import { paletteFor, strokeOf } from './palette.ts';
import { yRange } from './y-range.ts';

const FONT = '11px "Inter", "Segoe UI", system-ui, sans-serif';
/** How near to a line the pointer means it. */
const FOCUS_DISTANCE = 32;

export interface PlotOptions {
  widget: GraphWidget;
  series: readonly GraphSeries[];
  isDark: boolean;
  /** Asked at every drawing. */
  window: () => TimeWindow;
}

/** What the library is told to draw, but for the size. */
export function plotOptions({
  widget,
  series,
  isDark,
  window,
}: PlotOptions): Omit<uPlot.Options, 'width' | 'height'> {
  const palette = paletteFor(isDark);
  const axis = {
    stroke: palette.text,
    font: FONT,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false },
  };
  const sides = (['left', 'right'] as const).filter((side) =>
    series.some((one) => one.side === side && one.last !== undefined),
  );
  const values: uPlot.Axis['values'] = (_plot, ticks) => ticks.map(formatTick);
  return {
    ms: 1,
    legend: { show: false },
    padding: [14, sides.includes('right') ? 0 : 20, 0, 0],
    scales: {
      x: { range: () => [window().from, window().to] },
      ...Object.fromEntries(sides.map((side) => [side, { range: rangeOf(widget, side) }])),
    },
    axes: [
      { ...axis, size: 28, space: 64, values: (_plot, ticks) => ticks.map((at) => formatTime(at)) },
      ...sides.map((side) => ({
        ...axis,
        scale: side,
        side: side === 'left' ? 3 : 1,
        size: 48,
        space: 36,
        values,
        ...(side === 'right' && { grid: { show: false } }),
      })),
    ],
    series: [
      {},
      ...series.map((one, index) => drawnSeries(one, strokeOf(palette, index, one.color), widget)),
    ],
    ...(widget.stacked && { bands: bandsBetween(series) }),
    cursor: {
      drag: { x: false, y: false },
      y: false,
      focus: { prox: FOCUS_DISTANCE },
      sync: { key: 'time', scales: ['x', null], setSeries: false },
    },
    focus: { alpha: 1 },
    plugins: [limitLines(widget.lines, palette.limit, FONT)],
  };
}

function rangeOf(widget: GraphWidget, side: 'left' | 'right'): uPlot.Range.Function {
  const axis = side === 'left' ? widget.leftAxis : widget.rightAxis;
  const lines = side === 'left' ? widget.lines : [];
  return (_plot, min, max) => yRange(axis, { min, max }, lines);
}

function drawnSeries(
  { label, side }: GraphSeries,
  { color, dash }: { color: string; dash: number[] },
  { stacked }: GraphWidget,
): uPlot.Series {
  return {
    label,
    scale: side,
    stroke: color,
    width: 1.5,
    dash,
    ...(stacked && { fill: `${color}40` }),
    points: {
      show: true,
      size: 5,
      fill: color,
      filter: (plot, index) => isolatedPoints(plot.data[index] as (number | null)[]),
    },
  };
}

/** Each area ends where the one below it begins. */
function bandsBetween(series: readonly GraphSeries[]): uPlot.Band[] {
  return series.flatMap(({ side }, index) => {
    const below = series.findLastIndex(
      (other, at) => at < index && other.side === side && other.last !== undefined,
    );
    return below === -1 ? [] : { series: [index + 1, below + 1] as [number, number] };
  });
}
