import type { StackModel } from '../template/model.ts';
import type { MetricQuery } from '../template/operations-model.ts';
import type { MetricStore, Recorder } from './metric-store.ts';

/** What the runtime measures in the place of the services, under their names. */
export const SERVICE_METRICS = {
  'AWS/Lambda': {
    FunctionName: [
      'Invocations',
      'Errors',
      'Throttles',
      'Duration',
      'ConcurrentExecutions',
      'IteratorAge',
      'RecursiveInvocationsDropped',
    ],
    EventSourceMappingUUID: ['OnFailureDestinationDeliveredEventCount', 'DroppedEventCount'],
  },
  'AWS/SQS': {
    QueueName: [
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateAgeOfOldestMessage',
      'NumberOfMessagesSent',
      'NumberOfMessagesReceived',
      'NumberOfMessagesDeleted',
      'NumberOfEmptyReceives',
    ],
  },
  'AWS/ApiGateway': {
    'ApiId Stage': [
      'ConnectCount',
      'MessageCount',
      'ClientError',
      'ExecutionError',
      'IntegrationError',
      'IntegrationLatency',
    ],
  },
  'AWS/DynamoDB': {
    TableName: [
      'ConsumedReadCapacityUnits',
      'ConsumedWriteCapacityUnits',
      'ReadThrottleEvents',
      'WriteThrottleEvents',
    ],
  },
  'AWS/Logs': { LogGroupName: ['IncomingBytes'] },
} as const;

type Catalogue = typeof SERVICE_METRICS;
type NameOf<
  N extends keyof Catalogue,
  D extends keyof Catalogue[N],
> = Catalogue[N][D] extends readonly (infer Name)[] ? Name : never;

export type FunctionMetric = NameOf<'AWS/Lambda', 'FunctionName'>;
export type MappingMetric = NameOf<'AWS/Lambda', 'EventSourceMappingUUID'>;
export type QueueMetric = NameOf<'AWS/SQS', 'QueueName'>;
export type StageMetric = NameOf<'AWS/ApiGateway', 'ApiId Stage'>;
export type TableMetric = NameOf<'AWS/DynamoDB', 'TableName'>;

/** Takes a measurement of one resource; of one that the template does not have, none. */
export interface ServiceMetrics {
  /** By logical id. */
  ofFunction(functionId: string, name: FunctionMetric, value: number): void;
  ofMapping(uuid: string, name: MappingMetric, value: number): void;
  ofQueue(queueName: string, name: QueueMetric, value: number): void;
  ofSocket(name: StageMetric, value: number): void;
  ofTable(tableName: string, name: TableMetric, value: number): void;
  ofLog(functionId: string, bytes: number): void;
}

/** Puts measurements under the names and dimensions that the services would give them. */
export function createServiceMetrics(
  store: MetricStore,
  model: Pick<StackModel, 'functions' | 'webSocketApi'>,
): ServiceMetrics {
  const recorders = new Map<string, Recorder>();
  const functions = new Map(model.functions.map((fn) => [fn.id, fn]));
  const { apiId, stageName } = model.webSocketApi;
  const stage = { ApiId: apiId, Stage: stageName };

  function record(
    namespace: keyof Catalogue,
    metricName: string,
    dimensions: Record<string, string>,
    value: number,
  ): void {
    const key = `${namespace} ${metricName} ${Object.values(dimensions).join(' ')}`;
    const recorder = recorders.get(key) ?? store.recorder({ namespace, metricName, dimensions });
    recorders.set(key, recorder);
    recorder(value);
  }

  return {
    ofFunction(functionId, name, value) {
      const FunctionName = functions.get(functionId)?.functionName;
      if (FunctionName !== undefined) record('AWS/Lambda', name, { FunctionName }, value);
    },
    ofMapping: (EventSourceMappingUUID, name, value) =>
      record('AWS/Lambda', name, { EventSourceMappingUUID }, value),
    ofQueue: (QueueName, name, value) => record('AWS/SQS', name, { QueueName }, value),
    ofSocket: (name, value) => record('AWS/ApiGateway', name, stage, value),
    ofTable: (TableName, name, value) => record('AWS/DynamoDB', name, { TableName }, value),
    ofLog(functionId, bytes) {
      const LogGroupName = functions.get(functionId)?.logGroupName;
      if (LogGroupName !== undefined) record('AWS/Logs', 'IncomingBytes', { LogGroupName }, bytes);
    },
  };
}

/** @throws Error that names a metric of a service that the runtime does not measure */
export function refuseUnmeasured(queries: readonly MetricQuery[]): void {
  for (const query of queries) {
    if (query.kind !== 'metric' || !query.metric.namespace.startsWith('AWS/')) continue;
    const { namespace, metricName, dimensions } = query.metric;
    const names = Object.keys(dimensions).toSorted().join(' ');
    const byDimensions: Partial<Record<string, Record<string, readonly string[]>>> =
      SERVICE_METRICS;
    if (byDimensions[namespace]?.[names]?.includes(metricName)) continue;
    throw new Error(
      `The template looks at ${namespace} ${metricName} by ${names || 'nothing'}, which the local runtime does not measure: teach it, and service-metrics.ts.`,
    );
  }
}
