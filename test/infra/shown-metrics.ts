import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { resourcesOf } from './synthesized-stacks.ts';

/** A metric that a widget shows or an alarm watches. */
export interface ShownMetric {
  /** The title of the widget, or the name of the alarm. */
  where: string;
  namespace: string;
  metricName: string;
  /** Values that are only known once deployed are the token as JSON, such as `{"Ref":"…"}`. */
  dimensions: Record<string, string>;
}

const joinSchema = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });
const widgetSchema = z.object({
  type: z.string(),
  height: z.number(),
  properties: z.looseObject({
    title: z.string().optional(),
    markdown: z.string().optional(),
    metrics: z.array(z.array(z.unknown())).optional(),
    alarms: z.array(z.string()).optional(),
    annotations: z.unknown().optional(),
  }),
});
const bodySchema = z.object({ widgets: z.array(widgetSchema) });

export type ShownWidget = z.infer<typeof widgetSchema>;

const metricSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
});
const alarmSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']),
  Metrics: z
    .array(z.object({ MetricStat: z.object({ Metric: metricSchema }).optional() }))
    .optional(),
});

/** The widgets of the dashboard. */
export function widgetsOf(template: Template): ShownWidget[] {
  const [, dashboard] = resourcesOf(template, 'AWS::CloudWatch::Dashboard')[0] ?? [];
  const [, parts] = joinSchema.parse(dashboard?.Properties.DashboardBody)['Fn::Join'];
  const body = parts.map((part) => (typeof part === 'string' ? part : escaped(part))).join('');
  return bodySchema.parse(JSON.parse(body)).widgets;
}

/** All alarms but the composite one. */
export function alarmsOf(template: Template) {
  return resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => ({
    ...alarmSchema.parse(Properties),
    metrics: metricsOfAlarm(Properties),
  }));
}

/** Every metric that anybody looks at, as often as it stands somewhere. */
export function shownMetrics(template: Template): ShownMetric[] {
  const onWidgets = widgetsOf(template).flatMap(({ properties }) =>
    (properties.metrics ?? []).flatMap((row) => toMetric(properties.title ?? '', row)),
  );
  return [...onWidgets, ...alarmsOf(template).flatMap(({ metrics }) => metrics)];
}

/** `[namespace, name, dimension, value, …, options]`; a row that only has options is an expression. */
function toMetric(where: string, row: readonly unknown[]): ShownMetric[] {
  const [namespace, metricName, ...rest] = row.filter((part) => typeof part === 'string');
  if (namespace === undefined || metricName === undefined) return [];
  const pairs = rest.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rest[index + 1] ?? '']] : [],
  );
  return [{ where, namespace, metricName, dimensions: Object.fromEntries(pairs) }];
}

function metricsOfAlarm(properties: Record<string, unknown>): ShownMetric[] {
  const { AlarmName, Metrics } = alarmSchema.parse(properties);
  const metrics = Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [
    metricSchema.parse(properties),
  ];
  return metrics.map(({ Namespace, MetricName, Dimensions }) => ({
    where: AlarmName,
    namespace: Namespace,
    metricName: MetricName,
    dimensions: Object.fromEntries(
      Dimensions.map(({ Name, Value }) => [
        Name,
        typeof Value === 'string' ? Value : JSON.stringify(Value),
      ]),
    ),
  }));
}

const escaped = (token: unknown) => JSON.stringify(JSON.stringify(token)).slice(1, -1);
