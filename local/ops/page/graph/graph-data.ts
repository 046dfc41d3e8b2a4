import type { OpsSeries, OpsWidget } from '../../contract.ts';
import type { SeriesById } from '../live/merge-series.ts';
import { type Aligned, alignSeries, lastOf } from './align-series.ts';
import { stackSeries } from './stack-series.ts';

export type GraphWidget = Extract<OpsWidget, { kind: 'graph' }>;

/** What is seen of time; it ends with the period that is running. */
export interface TimeWindow {
  from: number;
  to: number;
}

export interface GraphSeries extends OpsSeries {
  side: 'left' | 'right';
  last: { at: number; value: number } | undefined;
}

export interface GraphData {
  series: GraphSeries[];
  /** As measured, for everything that is read. */
  measured: Aligned;
  /** As drawn: stacked, where the widget says so. */
  drawn: (number | null)[][];
}

/** Moves on with the periods, so that nothing has to be drawn anew in between. */
export function timeWindow(now: number, periodMs: number, rangeMs: number): TimeWindow {
  const to = (Math.floor(now / periodMs) + 1) * periodMs;
  return { from: to - rangeMs, to };
}

export function graphData(widget: GraphWidget, points: SeriesById, from: number): GraphData {
  const all = [
    ...widget.left.map((series) => ({ ...series, side: 'left' as const })),
    ...widget.right.map((series) => ({ ...series, side: 'right' as const })),
  ];
  const measured = alignSeries(
    all.map(({ id }) => points[id] ?? []),
    { from, periodMs: widget.periodSeconds * 1_000 },
  );
  const { values } = measured;
  const lefts = widget.left.length;
  const drawn = widget.stacked
    ? [...stackSeries(values.slice(0, lefts)), ...stackSeries(values.slice(lefts))]
    : values;
  const series = all.map((one, index) => ({ ...one, last: lastOf(measured, index) }));
  return { series, measured, drawn };
}
