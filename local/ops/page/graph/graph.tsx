import { memo, useMemo } from 'react';
import type { SeriesById } from '../live/merge-series.ts';
import classes from './graph.module.css';
import { type GraphWidget, graphData, timeWindow } from './graph-data.ts';
import { Legend } from './legend.tsx';
import { Plot } from './plot.tsx';
import { useIsDark } from './use-is-dark.ts';

interface GraphProps {
  widget: GraphWidget;
  series: SeriesById;
  now: number;
  rangeMs: number;
}

/** A widget with its lines or areas. Drawn again only when something of it has changed. */
export const Graph = memo(function Graph({ widget, series, now, rangeMs }: GraphProps) {
  const isDark = useIsDark();
  const { from, to } = windowOf({ widget, now, rangeMs });
  const data = useMemo(() => graphData(widget, series, from), [widget, series, from]);
  const window = useMemo(() => ({ from, to }), [from, to]);
  const hasData = data.series.some(({ last }) => last !== undefined);
  const title = `title-${widget.id}`;
  return (
    <section className={classes.graph} aria-labelledby={title}>
      <h3 id={title}>{widget.title}</h3>
      {hasData ? (
        <Plot widget={widget} data={data} window={window} isDark={isDark} />
      ) : (
        <p className={classes.empty}>No data yet</p>
      )}
      <Legend widget={widget} data={data} window={window} isDark={isDark} />
    </section>
  );
}, isSame);

const windowOf = ({ widget, now, rangeMs }: Pick<GraphProps, 'widget' | 'now' | 'rangeMs'>) =>
  timeWindow(now, widget.periodSeconds * 1_000, rangeMs);

function isSame(before: GraphProps, after: GraphProps): boolean {
  const { left, right } = after.widget;
  return (
    before.widget === after.widget &&
    before.rangeMs === after.rangeMs &&
    windowOf(before).to === windowOf(after).to &&
    [...left, ...right].every(({ id }) => before.series[id] === after.series[id])
  );
}
