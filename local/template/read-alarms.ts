import * as z from 'zod';
import {
  type AlarmLimit,
  type AlarmModel,
  BAND_COMPARISONS,
  type MetricIdentity,
  type MetricQuery,
  THRESHOLD_COMPARISONS,
} from './operations-model.ts';
import type { Resource, Resources } from './resources.ts';

const named = { AlarmName: z.string(), AlarmDescription: z.string().default('') };

const metricSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
});

const querySchema = z.object({
  Id: z.string(),
  Label: z.string().optional(),
  ReturnData: z.boolean().default(true),
  Expression: z.string().optional(),
  MetricStat: z.object({ Metric: metricSchema, Period: z.number(), Stat: z.string() }).optional(),
});

const alarmSchema = z.object({
  ...named,
  ...metricSchema.partial().shape,
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.number().optional(),
  Metrics: z.array(querySchema).optional(),
  ComparisonOperator: z.string(),
  Threshold: z.number().optional(),
  ThresholdMetricId: z.string().optional(),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
});

const compositeSchema = z.object({ ...named, AlarmRule: z.string() });

/** `ANOMALY_DETECTION_BAND(<id>, <standard deviations>)`; two without the number, as on AWS. */
const BAND = /^ANOMALY_DETECTION_BAND\(\s*(\w+)\s*(?:,\s*([\d.]+)\s*)?\)$/;
const DEFAULT_DEVIATIONS = 2;

/** Every alarm of the template; those that watch others come last. */
export function readAlarms(resources: Resources): AlarmModel[] {
  const metricAlarms = resources
    .ofType('AWS::CloudWatch::Alarm')
    .map((resource) => readMetricAlarm(resources, resource));
  const composites = resources
    .ofType('AWS::CloudWatch::CompositeAlarm')
    .map((resource): AlarmModel => {
      const { AlarmName, AlarmDescription, AlarmRule } = resources.read(resource, compositeSchema);
      return {
        kind: 'composite',
        name: AlarmName,
        arn: resources.attributeOf(resource, 'Arn'),
        description: AlarmDescription,
        rule: AlarmRule,
      };
    });
  return [...metricAlarms, ...composites];
}

function readMetricAlarm(resources: Resources, resource: Resource): AlarmModel {
  const alarm = resources.read(resource, alarmSchema);
  const asked = alarm.Metrics ?? [onlyMetricOf(alarm, resource)];
  const band = asked.find(({ Id }) => Id === alarm.ThresholdMetricId);
  const watched = asked.find(({ Id, ReturnData }) => ReturnData && Id !== band?.Id);
  if (watched === undefined)
    throw new Error(`${resource.id} watches no metric: none returns data.`);
  const periodSeconds = asked.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60;
  return {
    kind: 'metric',
    name: alarm.AlarmName,
    arn: resources.attributeOf(resource, 'Arn'),
    description: alarm.AlarmDescription,
    queries: asked.filter((query) => query !== band).map((query) => toQuery(query, periodSeconds)),
    watched: watched.Id,
    limit: limitOf(alarm, band?.Expression, watched.Id, resource),
    evaluationPeriods: alarm.EvaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
    treatMissingData: alarm.TreatMissingData,
  };
}

/** An alarm on one metric may name it in its own properties. */
function onlyMetricOf(
  alarm: z.output<typeof alarmSchema>,
  resource: Resource,
): z.output<typeof querySchema> {
  const metric = metricSchema.safeParse(alarm);
  const Stat = alarm.ExtendedStatistic ?? alarm.Statistic;
  if (!metric.success || Stat === undefined || alarm.Period === undefined) {
    throw new Error(
      `${resource.id} names neither Metrics nor one metric with period and statistic.`,
    );
  }
  return {
    Id: 'm1',
    ReturnData: true,
    MetricStat: { Metric: metric.data, Period: alarm.Period, Stat },
  };
}

function toQuery(
  { Id, Label, Expression, MetricStat }: z.output<typeof querySchema>,
  periodSeconds: number,
): MetricQuery {
  if (MetricStat === undefined) {
    const expression = Expression ?? '';
    return { kind: 'expression', id: Id, label: Label ?? expression, expression, periodSeconds };
  }
  const { Metric, Period, Stat } = MetricStat;
  const metric: MetricIdentity = {
    namespace: Metric.Namespace,
    metricName: Metric.MetricName,
    dimensions: Object.fromEntries(Metric.Dimensions.map(({ Name, Value }) => [Name, Value])),
  };
  const label = Label ?? Metric.MetricName;
  return { kind: 'metric', id: Id, label, metric, statistic: Stat, periodSeconds: Period };
}

function limitOf(
  { ComparisonOperator, Threshold }: z.output<typeof alarmSchema>,
  bandExpression: string | undefined,
  watched: string,
  { id }: Resource,
): AlarmLimit {
  if (bandExpression === undefined && Threshold !== undefined && isThreshold(ComparisonOperator)) {
    return { kind: 'threshold', comparison: ComparisonOperator, value: Threshold };
  }
  const [, of, deviations] = BAND.exec(bandExpression ?? '') ?? [];
  if (of === watched && isBand(ComparisonOperator)) {
    return {
      kind: 'band',
      comparison: ComparisonOperator,
      deviations: Number(deviations ?? DEFAULT_DEVIATIONS),
    };
  }
  throw new Error(
    `${id} compares by ${ComparisonOperator} with ${bandExpression ?? Threshold}, which the local runtime does not know.`,
  );
}

const isThreshold = (name: string): name is keyof typeof THRESHOLD_COMPARISONS =>
  name in THRESHOLD_COMPARISONS;
const isBand = (name: string): name is keyof typeof BAND_COMPARISONS => name in BAND_COMPARISONS;
