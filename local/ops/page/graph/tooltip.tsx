import { formatTime, formatValue } from '../format.ts';
import classes from './graph.module.css';
import type { GraphData, GraphWidget, TimeWindow } from './graph-data.ts';
import { Swatch } from './swatch.tsx';

/** A moment of the graph, and the series that is nearest to the pointer. */
export interface Pointed {
  index: number;
  /** From the left edge, axis included. */
  left: number;
  nearest?: number | undefined;
}

interface TooltipProps {
  pointed: Pointed;
  data: GraphData;
  window: TimeWindow;
  widget: GraphWidget;
  isDark: boolean;
}

/** What was measured at a moment. A screen reader has it from the plot itself. */
export function Tooltip({ pointed, data, window, widget, isDark }: TooltipProps) {
  const { times, values } = data.measured;
  const at = times[pointed.index] as number;
  const isRunning = at + widget.periodSeconds * 1_000 >= window.to;
  const told = data.series.flatMap((series, index) => {
    const value = values[index]?.[pointed.index] ?? null;
    return value === null ? [] : { ...series, index, value };
  });
  const nearest = pointed.nearest === undefined ? undefined : data.series[pointed.nearest];
  const isRight = at > (window.from + window.to) / 2;
  return (
    <div
      className={classes.tooltip}
      data-side={isRight ? 'left' : 'right'}
      style={{ insetInlineStart: pointed.left }}
      aria-hidden="true"
    >
      <p className={classes.moment}>
        {formatTime(at)}
        {isRunning && ', so far'}
      </p>
      {told.length === 0 && <p>no data</p>}
      <ul>
        {told.map(({ id, label, color, index, value }) => (
          <li key={id} data-nearest={index === pointed.nearest || undefined}>
            <Swatch index={index} color={color} isDark={isDark} />
            <span>{label}</span>
            <b>{formatValue(value)}</b>
          </li>
        ))}
      </ul>
      {nearest && <p className={classes.description}>{nearest.description}</p>}
    </div>
  );
}
