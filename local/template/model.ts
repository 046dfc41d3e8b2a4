/**
 * The deployed stack as the one-machine runtime sees it: what `read-template.ts` finds in the
 * synthesised CloudFormation templates, with every intrinsic function resolved. Nothing here is
 * configured by hand; if the template changes, the local run changes.
 *
 * A `…Id` is the logical id of the resource in its template. Durations are milliseconds.
 */

import type { AlarmModel, DashboardModel } from './operations-model.ts';

export interface StackModel {
  region: string;
  accountId: string;
  tables: TableModel[];
  queues: QueueModel[];
  buckets: BucketModel[];
  functions: FunctionModel[];
  streamMappings: StreamMappingModel[];
  queueMappings: QueueMappingModel[];
  webSocketApi: WebSocketApiModel;
  httpApi: HttpApiModel;
  dashboards: DashboardModel[];
  alarms: AlarmModel[];
  /** What a deployment prints at its end, as on AWS. */
  outputs: Record<string, string>;
}

export interface TableModel {
  id: string;
  tableName: string;
  /** The input of CreateTable, without what no engine on one machine knows (SSE, PITR, tags). */
  attributes: { name: string; type: 'S' | 'N' | 'B' }[];
  key: KeyModel;
  indexes: { indexName: string; key: KeyModel; projection: 'ALL' | 'KEYS_ONLY' | string[] }[];
  streamView?: 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES' | 'KEYS_ONLY';
  ttlAttribute?: string;
}

export interface KeyModel {
  partition: string;
  sort?: string;
}

export interface QueueModel {
  id: string;
  queueName: string;
  /** Attributes of CreateQueue, as strings (VisibilityTimeout, RedrivePolicy, …). */
  attributes: Record<string, string>;
}

export interface BucketModel {
  id: string;
  bucketName: string;
}

export interface FunctionModel {
  id: string;
  functionName: string;
  /** Absolute path of the bundled module, e.g. `…/asset.1234/index.mjs`. */
  modulePath: string;
  /** The exported name, e.g. `handler`. */
  exportName: string;
  environment: Record<string, string>;
  timeoutMs: number;
  memoryMb: number;
  /** Reserved concurrency; absent means unreserved. */
  reservedConcurrency?: number;
  /** What it writes its log to; absent where Lambda makes one itself. */
  logGroupName?: string;
}

interface MappingModel {
  id: string;
  functionId: string;
  batchSize: number;
  batchWindowMs: number;
  reportBatchItemFailures: boolean;
  /** Patterns in EventBridge syntax, OR-ed; empty means that everything matches. */
  filters: unknown[];
}

export interface StreamMappingModel extends MappingModel {
  /** By which metrics know it. */
  uuid: string;
  tableId: string;
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** -1 = until the record expires. */
  maxRetryAttempts: number;
  /** -1 = until the record leaves the stream (24 h). */
  maxRecordAgeMs: number;
  bisectOnError: boolean;
  parallelizationFactor: number;
  /**
   * What is told of a batch that was given up: a queue gets to know where in the stream it is, a
   * bucket gets the records as well.
   */
  onFailure?: { kind: 'queue' | 'bucket'; id: string };
}

export interface QueueMappingModel extends MappingModel {
  queueId: string;
  /** Highest number of concurrent invokes; absent means the platform's own limit (1,250). */
  maxConcurrency?: number;
}

export interface WebSocketApiModel {
  apiId: string;
  /** e.g. `$request.body.action`. */
  routeSelectionExpression: string;
  stageName: string;
  routes: WebSocketRouteModel[];
  /** Throttle of the stage's default route, if the template sets one. */
  throttle?: ThrottleModel;
}

export interface WebSocketRouteModel {
  /** `$connect`, `$disconnect`, `$default` or an action. */
  routeKey: string;
  functionId: string;
  /** Set on `$connect` only. */
  authorizer?: AuthorizerModel;
  /** Two-way: the body that the function returns is sent to the client. */
  twoWay: boolean;
  integrationTimeoutMs: number;
}

export interface AuthorizerModel {
  functionId: string;
  /** WebSocket: `route.request.querystring.token`; HTTP: `$request.header.Authorization`. */
  identitySources: string[];
}

export interface ThrottleModel {
  ratePerSecond: number;
  burst: number;
}

export interface HttpApiModel {
  apiId: string;
  routes: HttpRouteModel[];
  cors?: CorsModel;
}

export interface HttpRouteModel {
  /** e.g. `GET /api/rooms/{roomId}/messages`. */
  routeKey: string;
  functionId: string;
  authorizer?: AuthorizerModel;
  integrationTimeoutMs: number;
}

export interface CorsModel {
  allowOrigins: string[];
  allowMethods: string[];
  allowHeaders: string[];
  exposeHeaders: string[];
  maxAgeSeconds?: number;
}
