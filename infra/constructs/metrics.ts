import { Duration } from 'aws-cdk-lib';
import type { WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { FunctionName } from '../../services/env.ts';
import { METRICS, type MeteredFunction, type MetricOf } from '../../shared/domain/metrics.ts';
import type { Config } from '../config.ts';

/** The resolution of everything that is shown and watched. */
export const PERIOD = Duration.minutes(1);

/** One for each stage, so that two of them in one account do not mix. */
export const metricNamespace = (stage: Config['stage']): string => `Roomcast/${stage}`;

/** One of our own metrics; its label is its name. */
export function own<F extends MeteredFunction>(
  config: Config,
  service: F,
  metricName: MetricOf<F>,
  statistic: string = Stats.SUM,
): Metric {
  return new Metric({
    namespace: metricNamespace(config.stage),
    metricName,
    dimensionsMap: { service },
    statistic,
    period: PERIOD,
    label: statistic === Stats.SUM ? metricName : `${metricName} ${statistic}`,
  });
}

/** The same metric of every function that emits it. */
export function ownOfAll(config: Config, metricName: string): Metric[] {
  return Object.entries(METRICS).flatMap(([service, metrics]) =>
    metricName in metrics
      ? own(config, service as MeteredFunction, metricName as never).with({ label: service })
      : [],
  );
}

type LambdaMetric =
  | 'Invocations'
  | 'Errors'
  | 'Throttles'
  | 'Duration'
  | 'ConcurrentExecutions'
  | 'IteratorAge'
  | 'RecursiveInvocationsDropped';

export const ofFunction = (
  name: FunctionName,
  fn: NodejsFunction,
  metricName: LambdaMetric,
  statistic: string = Stats.SUM,
): Metric =>
  ofService('AWS/Lambda', metricName, { FunctionName: fn.functionName }, statistic, name);

type QueueMetric =
  | 'ApproximateNumberOfMessagesVisible'
  | 'ApproximateNumberOfMessagesNotVisible'
  | 'ApproximateAgeOfOldestMessage'
  | 'NumberOfMessagesSent'
  | 'NumberOfMessagesReceived'
  | 'NumberOfMessagesDeleted'
  | 'NumberOfEmptyReceives';

export const ofQueue = (
  label: string,
  queue: Queue,
  metricName: QueueMetric,
  statistic: string = Stats.MAXIMUM,
): Metric => ofService('AWS/SQS', metricName, { QueueName: queue.queueName }, statistic, label);

type StageMetric =
  | 'ConnectCount'
  | 'MessageCount'
  | 'ClientError'
  | 'ExecutionError'
  | 'IntegrationError'
  | 'IntegrationLatency';

export const ofStage = (
  stage: WebSocketStage,
  metricName: StageMetric,
  statistic: string = Stats.SUM,
): Metric => {
  const dimensions = { ApiId: stage.api.apiId, Stage: stage.stageName };
  const label = statistic === Stats.SUM ? metricName : `${metricName} ${statistic}`;
  return ofService('AWS/ApiGateway', metricName, dimensions, statistic, label);
};

type TableMetric =
  | 'ConsumedReadCapacityUnits'
  | 'ConsumedWriteCapacityUnits'
  | 'ReadThrottleEvents'
  | 'WriteThrottleEvents';

export const ofTable = (name: string, table: TableV2, metricName: TableMetric): Metric =>
  ofService('AWS/DynamoDB', metricName, { TableName: table.tableName }, Stats.SUM, name);

/**
 * What a mapping with event counts tells of its batches.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export const ofMapping = (
  label: string,
  mapping: EventSourceMapping,
  metricName: 'OnFailureDestinationDeliveredEventCount' | 'DroppedEventCount',
): Metric => {
  const dimensions = { EventSourceMappingUUID: mapping.eventSourceMappingId };
  return ofService('AWS/Lambda', metricName, dimensions, Stats.SUM, label);
};

export const ofLog = (name: string, logGroup: LogGroup): Metric =>
  ofService('AWS/Logs', 'IncomingBytes', { LogGroupName: logGroup.logGroupName }, Stats.SUM, name);

function ofService(
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
  label: string,
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period: PERIOD, label });
}

/** Arithmetic with metrics, by the names that the expression gives them. */
export const math = (
  label: string,
  expression: string,
  usingMetrics: Record<string, IMetric>,
): MathExpression => new MathExpression({ expression, usingMetrics, label, period: PERIOD });

/**
 * The sum of metrics of which some have no data, since nobody emits zeros. An alarm looks at ten
 * metrics at most.
 *
 * @throws Error for two metrics that their labels do not tell apart.
 */
export function total(label: string, metrics: readonly Metric[]): MathExpression {
  const named = new Map(metrics.map((metric) => [idOf(metric), metric]));
  if (named.size < metrics.length) throw new Error(`${label}: two metrics have the same label.`);
  const names = [...named.keys()].join(', ');
  return math(label, `SUM(FILL([${names}], 0))`, Object.fromEntries(named));
}

/** The same metric has the same name wherever it is used on a graph, and no other has it. */
function idOf({ metricName, label, statistic }: Metric): string {
  const id = `${metricName}_${label}_${statistic}`.replaceAll(/\W/g, '');
  return id.charAt(0).toLowerCase() + id.slice(1);
}
