import { formatTime, formatValue } from '../format.ts';
import classes from './graph.module.css';
import type { GraphData, GraphSeries, GraphWidget, TimeWindow } from './graph-data.ts';
import { Swatch } from './swatch.tsx';

interface LegendProps {
  widget: GraphWidget;
  data: GraphData;
  window: TimeWindow;
  isDark: boolean;
}

/** The lines that are seen with their last value; below, on demand, every metric and what it is. */
export function Legend({ widget, data, window, isDark }: LegendProps) {
  const periodMs = widget.periodSeconds * 1_000;
  const seen = data.series
    .map((series, index) => ({ ...series, index }))
    .filter(({ last }) => last !== undefined);
  const count = data.series.length;
  return (
    <>
      <ul className={classes.legend}>
        {seen.map(({ index, ...series }) => (
          <li key={series.id}>
            <Swatch index={index} color={series.color} isDark={isDark} />
            <span>
              {series.label}
              {series.side === 'right' && <small> right axis</small>}
            </span>{' '}
            <Last series={series} recent={window.to - 2 * periodMs} />
          </li>
        ))}
        {widget.lines.map(({ label, value }) => (
          <li key={label} className={classes.limit}>
            limit {formatValue(value)}: {label}
          </li>
        ))}
      </ul>
      <details className={classes.metrics}>
        <summary>
          {count === 1 ? 'The metric' : `All ${count} metrics`}
          {seen.length < count && `, ${count - seen.length} without data`}
          <span className="visually-hidden"> of {widget.title}</span>
        </summary>
        <dl>
          {data.series.map(({ id, label, description }) => (
            <div key={id}>
              <dt>{label}</dt>
              <dd>{description}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

/** With its time, when it is not of the last two periods: nobody emits zeros. */
function Last({ series: { last }, recent }: { series: GraphSeries; recent: number }) {
  if (last === undefined) return null;
  return (
    <>
      <b>{formatValue(last.value)}</b>
      {last.at < recent && <small> at {formatTime(last.at)}</small>}
    </>
  );
}
