import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { formatTime, formatValue } from '../format.ts';
import classes from './graph.module.css';
import type { GraphData, GraphWidget, TimeWindow } from './graph-data.ts';
import { plotOptions } from './plot-options.ts';
import { type Pointed, Tooltip } from './tooltip.tsx';
import 'uplot/dist/uPlot.min.css';

interface PlotProps {
  widget: GraphWidget;
  data: GraphData;
  window: TimeWindow;
  isDark: boolean;
}

/** A row of CloudWatch's grid, but for the title and the legend of a graph of six. */
const ROW_HEIGHT = 34;

/** The canvas, with a moment that is pointed at: by pointer, or with the arrow keys. */
export function Plot({ widget, data, window, isDark }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef({ window, data });
  const [pointed, setPointed] = useState<Pointed>();
  const { measured, series } = data;
  const { times } = measured;
  const height = widget.height * ROW_HEIGHT;
  // Which series are drawn decides what the areas lie on.
  const drawn = series.map(({ last }) => (last === undefined ? '-' : '+')).join('');

  useLayoutEffect(() => {
    latest.current = { window, data };
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `drawn` stands for the series
  useEffect(() => {
    const target = frame.current;
    if (target === null) return undefined;
    const created = new uPlot(
      {
        ...plotOptions({ widget, series, isDark, window: () => latest.current.window }),
        width: target.clientWidth,
        height,
        hooks: {
          setCursor: [
            ({ cursor: { idx, left = -1 }, over }) =>
              setPointed((before) =>
                idx == null || left < 0 || !isPointedAt(target)
                  ? undefined
                  : { nearest: before?.nearest, index: idx, left: left + over.offsetLeft },
              ),
          ],
          setSeries: [
            (_plot, index) =>
              setPointed(
                (before) =>
                  before && { ...before, nearest: index === null ? undefined : index - 1 },
              ),
          ],
        },
      },
      toTable(latest.current.data),
      target,
    );
    plot.current = created;
    const sizes = new ResizeObserver(() => created.setSize({ width: target.clientWidth, height }));
    sizes.observe(target);
    return () => {
      sizes.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, [widget, drawn, isDark, height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a window that moved is drawn anew, too
  useEffect(() => plot.current?.setData(toTable(data)), [data, window]);

  const pointAt = (index: number | undefined) => {
    const at = index === undefined ? undefined : times[index];
    const left = at === undefined ? -1 : (plot.current?.valToPos(at, 'x') ?? -1);
    plot.current?.setCursor({ left, top: 0 });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = times.length - 1;
    const index = pointed?.index ?? last;
    const next = {
      ArrowLeft: Math.max(0, index - 1),
      ArrowRight: Math.min(last, index + 1),
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    pointAt(next);
  };

  const index = Math.min(pointed?.index ?? times.length - 1, times.length - 1);
  return (
    <div
      ref={frame}
      className={classes.plot}
      style={{ height }}
      role="slider"
      tabIndex={0}
      aria-label={`${widget.title}: a moment`}
      aria-valuemin={0}
      aria-valuemax={times.length - 1}
      aria-valuenow={index}
      aria-valuetext={valueText(data, index)}
      onKeyDown={onKeyDown}
      onBlur={() => pointAt(undefined)}
    >
      {pointed && pointed.index < times.length && (
        <Tooltip pointed={pointed} data={data} window={window} widget={widget} isDark={isDark} />
      )}
    </div>
  );
}

/** The cursors of all graphs move together; what is there is told by one. */
const isPointedAt = (target: HTMLElement) => target.matches(':hover, :focus');

const toTable = ({ measured, drawn }: GraphData): uPlot.AlignedData => [measured.times, ...drawn];

function valueText({ measured: { times, values }, series }: GraphData, index: number): string {
  const told = series.flatMap(({ label }, at) => {
    const value = values[at]?.[index] ?? null;
    return value === null ? [] : `${label} ${formatValue(value)}`;
  });
  const at = times[index];
  return at === undefined ? 'no data' : `${formatTime(at)}: ${told.join(', ') || 'no data'}`;
}
