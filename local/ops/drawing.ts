import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import { createQuerySet, type QuerySet } from '../cloudwatch/query-set.ts';
import type { StackModel } from '../template/model.ts';
import type {
  AxisSide,
  DashboardModel,
  GraphLineModel,
  MetricQuery,
  WidgetModel,
} from '../template/operations-model.ts';
import type { OpsDashboard, OpsSeries, OpsSeriesData, OpsWidget } from './contract.ts';

/** The dashboard of the template, and the figures for it. */
export interface Drawing {
  dashboard: OpsDashboard;
  /** What has changed since then; without it, everything that is kept. */
  seriesSince(sinceMs: number | undefined): OpsSeriesData;
}

interface DrawnSeries extends OpsSeries {
  axis: AxisSide;
  query: MetricQuery;
  querySet: QuerySet;
}

/** @throws Error for a graph that the local runtime cannot compute */
export function createDrawing(
  { store, calendar }: Pick<CloudWatch, 'store' | 'calendar'>,
  { dashboards, region }: Pick<StackModel, 'dashboards' | 'region'>,
): Drawing {
  const [model = NO_DASHBOARD] = dashboards;
  const drawn = new Map(
    model.widgets.map((widget, index) => [widget, seriesOf(widget, `graph-${index}`)]),
  );

  function seriesOf(widget: WidgetModel, graphId: string): DrawnSeries[] {
    if (widget.kind !== 'graph') return [];
    const queries = widget.lines.map(({ query }) => query);
    const querySet = createQuerySet(queries, { store, calendar, where: widget.title });
    return widget.lines.flatMap(({ query, axis, hidden, color }: GraphLineModel, index) => {
      if (hidden) return [];
      const shown = { label: query.label, description: describe(query), ...(color && { color }) };
      return [{ id: `${graphId}-${index}`, ...shown, axis, query, querySet }];
    });
  }

  function toWidget(widget: WidgetModel, index: number): OpsWidget {
    const { x, y, width, height } = widget;
    const placed = { id: `widget-${index}`, x, y, width, height };
    if (widget.kind !== 'graph') return { ...placed, ...widget };
    const series = drawn.get(widget) ?? [];
    const on = (side: AxisSide): OpsSeries[] =>
      series
        .filter(({ axis }) => axis === side)
        .map(({ axis: _, query: _query, querySet: _set, ...shown }) => shown);
    const { title, periodSeconds, stacked, axes, limits } = widget;
    return {
      ...placed,
      kind: 'graph',
      title,
      periodSeconds,
      stacked,
      left: on('left'),
      right: on('right'),
      leftAxis: axes.left,
      rightAxis: axes.right,
      lines: limits,
    };
  }

  return {
    dashboard: {
      name: model.name,
      stage: model.name.split('-').at(-1) ?? '',
      region,
      widgets: model.widgets.map(toWidget),
    },
    seriesSince(sinceMs) {
      const now = calendar.now();
      const fromMs = sinceMs && Math.min(sinceMs, store.earliestChangeAfter(sinceMs) ?? sinceMs);
      const series = [...drawn.values()].flat().map(({ id, query, querySet }) => {
        const grid = store.gridSince(fromMs, query.periodSeconds);
        const periodMs = calendar.periodMs(grid.periodSeconds);
        const values = Array.from(querySet.evaluate(query, grid));
        const points = values.flatMap((value, index): [number, number][] =>
          Number.isFinite(value) ? [[grid.fromMs + index * periodMs, value]] : [],
        );
        return [id, points] as const;
      });
      return { now, series: Object.fromEntries(series) };
    },
  };
}

const NO_DASHBOARD: DashboardModel = { name: '', widgets: [] };

function describe(query: MetricQuery): string {
  if (query.kind === 'expression') return query.expression;
  const { namespace, metricName, dimensions } = query.metric;
  const pairs = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  return [namespace, metricName, ...pairs, query.statistic].join(' ');
}
