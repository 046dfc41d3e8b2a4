import * as z from 'zod';
import type {
  DashboardModel,
  GraphLineModel,
  GraphModel,
  MetricQuery,
  WidgetModel,
} from './operations-model.ts';
import type { Resource, Resources } from './resources.ts';

/** What CloudWatch takes where a graph does not say. */
const DEFAULT_PERIOD_SECONDS = 300;
const DEFAULT_STATISTIC = 'Average';

const place = { x: z.number(), y: z.number(), width: z.number(), height: z.number() };

const lineOptionsSchema = z.strictObject({
  id: z.string().optional(),
  label: z.string().optional(),
  stat: z.string().optional(),
  period: z.number().optional(),
  visible: z.boolean().default(true),
  yAxis: z.enum(['left', 'right']).default('left'),
  color: z.string().optional(),
  expression: z.string().optional(),
});

/** `[namespace, name, dimension, value, …, options]`; a line that only has options is an expression. */
const lineSchema = z.array(z.union([z.string(), lineOptionsSchema])).min(1);

const axisSchema = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  label: z.string().optional(),
  showUnits: z.boolean().optional(),
});

const limitSchema = z.strictObject({
  value: z.number(),
  label: z.string().default(''),
  yAxis: z.literal('left').optional(),
});

const textSchema = z.object({
  ...place,
  type: z.literal('text'),
  properties: z.looseObject({ markdown: z.string() }),
});

const alarmsSchema = z.object({
  ...place,
  type: z.literal('alarm'),
  properties: z.looseObject({ title: z.string().default(''), alarms: z.array(z.string()) }),
});

const graphSchema = z.object({
  ...place,
  type: z.literal('metric'),
  properties: z.strictObject({
    view: z.literal('timeSeries').default('timeSeries'),
    region: z.string().optional(),
    title: z.string().default(''),
    stacked: z.boolean().default(false),
    period: z.number().optional(),
    metrics: z.array(lineSchema),
    yAxis: z
      .strictObject({ left: axisSchema.optional(), right: axisSchema.optional() })
      .default({}),
    annotations: z.strictObject({ horizontal: z.array(limitSchema) }).default({ horizontal: [] }),
  }),
});

const bodySchema = z.object({
  widgets: z.array(z.discriminatedUnion('type', [textSchema, alarmsSchema, graphSchema])),
});

const dashboardSchema = z.object({ DashboardName: z.string(), DashboardBody: z.string() });

/**
 * Reads the dashboard with whatever its widgets show.
 *
 * @throws Error that names the property that the local runtime does not know
 */
export function readDashboard(resources: Resources, resource: Resource): DashboardModel {
  const { DashboardName, DashboardBody } = resources.read(resource, dashboardSchema);
  const body = bodySchema.safeParse(JSON.parse(DashboardBody));
  if (!body.success) {
    throw new Error(
      `The dashboard ${resource.id} is not as the local runtime knows it. ${z.prettifyError(body.error)}`,
    );
  }
  return { name: DashboardName, widgets: body.data.widgets.map(toWidget) };
}

function toWidget(widget: z.output<typeof bodySchema>['widgets'][number]): WidgetModel {
  const { x, y, width, height } = widget;
  const placed = { x, y, width, height };
  switch (widget.type) {
    case 'text':
      return { ...placed, kind: 'text', markdown: widget.properties.markdown };
    case 'alarm': {
      const { title, alarms } = widget.properties;
      return { ...placed, kind: 'alarms', title, alarmNames: alarms.map(nameInAlarmArn) };
    }
    case 'metric':
      return { ...placed, ...toGraph(widget.properties) };
  }
}

/** `arn:aws:cloudwatch:…:alarm:<name>` */
const nameInAlarmArn = (arn: string) => arn.split(':').slice(6).join(':');

function toGraph(properties: z.output<typeof graphSchema>['properties']): GraphModel {
  const { title, stacked, metrics, yAxis, annotations } = properties;
  const periodSeconds = properties.period ?? DEFAULT_PERIOD_SECONDS;
  return {
    kind: 'graph',
    title,
    periodSeconds,
    stacked,
    lines: metrics.map((line) => toLine(line, periodSeconds, title)),
    axes: { left: toAxis(yAxis.left), right: toAxis(yAxis.right) },
    limits: annotations.horizontal.map(({ value, label }) => ({ value, label })),
  };
}

const toAxis = ({ min, max, label }: z.output<typeof axisSchema> = {}) => ({
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
  ...(label !== undefined && { label }),
});

function toLine(
  line: z.output<typeof lineSchema>,
  graphPeriodSeconds: number,
  title: string,
): GraphLineModel {
  const texts = line.filter((part) => typeof part === 'string');
  const options = line.find((part) => typeof part !== 'string') ?? lineOptionsSchema.parse({});
  const { visible, yAxis, color } = options;
  return {
    query: toQuery(texts, options, options.period ?? graphPeriodSeconds, title),
    axis: yAxis,
    hidden: !visible,
    ...(color !== undefined && { color }),
  };
}

function toQuery(
  [namespace, metricName, ...pairs]: string[],
  { id, label, stat, expression }: z.output<typeof lineOptionsSchema>,
  periodSeconds: number,
  title: string,
): MetricQuery {
  const common = { ...(id !== undefined && { id }), periodSeconds };
  if (expression !== undefined) {
    return { ...common, kind: 'expression', expression, label: label ?? expression };
  }
  const isWhole = namespace !== undefined && metricName !== undefined && pairs.length % 2 === 0;
  if (!isWhole || [namespace, metricName, ...pairs].some((text) => /^\.+$/.test(text))) {
    throw new Error(
      `The graph "${title}" has a line that is neither an expression nor a metric with its dimensions in full.`,
    );
  }
  const dimensions = Object.fromEntries(
    pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1] ?? '']] : [])),
  );
  return {
    ...common,
    kind: 'metric',
    metric: { namespace, metricName, dimensions },
    statistic: stat ?? DEFAULT_STATISTIC,
    label: label ?? metricName,
  };
}
