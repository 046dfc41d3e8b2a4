import type {
  QueueMappingModel,
  QueueModel,
  StreamMappingModel,
  TableModel,
  WebSocketApiModel,
} from '../../../local/template/model.ts';
import { SEND_TIMEOUT_MS } from '../../../shared/domain/limits.ts';
import type { FunctionName } from './seams.ts';

/**
 * The stack as it is deployed, as far as the simulation runs it: written down once more, because a
 * seed has no second for a synthesis. `deployment.test.ts` compares it with the template.
 */

/** A day in 2027, for everything that stands in seconds or as text. */
export const EPOCH_MS = Date.UTC(2027, 0, 15, 12);

export const TABLES = {
  rooms: 'Rooms',
  messages: 'Messages',
  receipts: 'Receipts',
  connections: 'Connections',
  memberships: 'Memberships',
};

export const QUEUES = {
  delivery: 'delivery',
  deliveryDlq: 'delivery-dlq',
  fanOutDlq: 'fan-out-dlq',
  flush: 'flush',
  flushDlq: 'flush-dlq',
};

export const RETENTION_MS = 30 * 24 * 60 * 60_000;

/** Rooms of a handful of people grow twice, and are then fanned out in parts. */
export const SHARD_MEMBERS_MAX = 2;
export const PART_LIMITS = { shardsMax: 2, shardsPerPart: 1, shardMembers: SHARD_MEMBERS_MAX };

const ROUTE_TIMEOUT_MS = 5_000;

export const TIMEOUTS_MS: Record<FunctionName, number> = {
  connect: ROUTE_TIMEOUT_MS,
  disconnect: ROUTE_TIMEOUT_MS,
  ping: ROUTE_TIMEOUT_MS,
  join: ROUTE_TIMEOUT_MS,
  leave: ROUTE_TIMEOUT_MS,
  resume: ROUTE_TIMEOUT_MS,
  history: ROUTE_TIMEOUT_MS,
  send: SEND_TIMEOUT_MS,
  fanOut: 30_000,
  flush: 15_000,
  deliver: 30_000,
};

/** The integration waits for a cold start beyond the function's own timeout. */
const COLD_START_ALLOWANCE_MS = 5_000;

const ACTIONS = ['join', 'leave', 'send', 'history', 'resume', 'ping'] as const;

export const WEB_SOCKET_API: WebSocketApiModel = {
  apiId: 'simulated',
  stageName: 'live',
  routeSelectionExpression: '$request.body.action',
  routes: [
    ...(['connect', 'disconnect'] as const).map((functionId) => ({
      routeKey: `$${functionId}`,
      functionId,
      twoWay: false,
      integrationTimeoutMs: TIMEOUTS_MS[functionId] + COLD_START_ALLOWANCE_MS,
    })),
    ...ACTIONS.map((functionId) => ({
      routeKey: functionId,
      functionId,
      twoWay: true,
      integrationTimeoutMs: TIMEOUTS_MS[functionId] + COLD_START_ALLOWANCE_MS,
    })),
  ],
};

export const STREAM_MAPPING: StreamMappingModel = {
  id: 'messages-stream',
  uuid: 'messages-stream',
  tableId: TABLES.messages,
  functionId: 'fanOut',
  startingPosition: 'TRIM_HORIZON',
  filters: [
    { eventName: ['INSERT'], dynamodb: { NewImage: { kind: { S: ['message', 'void'] } } } },
  ],
  batchSize: 100,
  batchWindowMs: 0,
  parallelizationFactor: 1,
  reportBatchItemFailures: true,
  bisectOnError: true,
  maxRetryAttempts: 15,
  maxRecordAgeMs: 60 * 60_000,
  onFailure: { kind: 'bucket', id: 'given-up-batches' },
};

export const QUEUE_MAPPING: QueueMappingModel = {
  id: 'delivery-queue',
  queueId: QUEUES.delivery,
  functionId: 'deliver',
  filters: [],
  batchSize: 10,
  batchWindowMs: 0,
  reportBatchItemFailures: true,
  maxConcurrency: 8,
};

export const FLUSH_MAPPING: QueueMappingModel = {
  id: 'flush-queue',
  queueId: QUEUES.flush,
  functionId: 'flush',
  filters: [],
  batchSize: 5,
  batchWindowMs: 0,
  reportBatchItemFailures: true,
};

export const VISIBILITY_TIMEOUT_MS = 6 * TIMEOUTS_MS.deliver;
export const FLUSH_VISIBILITY_TIMEOUT_MS = 6 * TIMEOUTS_MS.flush;
const MAX_RECEIVE_COUNT = 5;

/** One environment's share of the 8,000 posts a second that a stack is deployed with by default. */
export const POSTS_PER_SECOND = 1_000;

const table = (
  tableName: string,
  [partition, sort]: [string, string?],
  extra: Partial<TableModel> = {},
): TableModel => ({
  id: tableName,
  tableName,
  attributes: [
    { name: partition, type: 'S' },
    ...(sort === undefined
      ? []
      : [{ name: sort, type: sort === 'seq' ? ('N' as const) : ('S' as const) }]),
  ],
  key: { partition, ...(sort === undefined ? {} : { sort }) },
  indexes: [],
  ...extra,
});

const ttl = { ttlAttribute: 'expiresAt' };

export const TABLE_MODELS: TableModel[] = [
  table(TABLES.rooms, ['roomId']),
  table(TABLES.messages, ['roomId', 'seq'], { streamView: 'NEW_IMAGE', ...ttl }),
  table(TABLES.receipts, ['receiptId'], ttl),
  table(TABLES.connections, ['connectionId'], ttl),
  table(TABLES.memberships, ['partition', 'member'], { streamView: 'NEW_AND_OLD_IMAGES', ...ttl }),
];

const withDlq = (queueName: string, dlq: string, visibilityTimeoutMs: number) => ({
  queueName,
  attributes: {
    VisibilityTimeout: String(visibilityTimeoutMs / 1_000),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq, maxReceiveCount: MAX_RECEIVE_COUNT }),
  },
});

export const QUEUE_MODELS: Pick<QueueModel, 'queueName' | 'attributes'>[] = [
  withDlq(QUEUES.delivery, QUEUES.deliveryDlq, VISIBILITY_TIMEOUT_MS),
  withDlq(QUEUES.flush, QUEUES.flushDlq, FLUSH_VISIBILITY_TIMEOUT_MS),
  { queueName: QUEUES.deliveryDlq, attributes: {} },
  { queueName: QUEUES.flushDlq, attributes: {} },
  { queueName: QUEUES.fanOutDlq, attributes: {} },
];
