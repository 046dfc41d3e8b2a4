import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { systemClock } from '../../../local/clock.ts';
import { ENGINE_CREDENTIALS, ENGINE_SQS_REGION } from '../../../local/engines/credentials.ts';
import type { CheckpointStore } from '../../../local/events/checkpoint-store.ts';
import { startMappings } from '../../../local/events/start-mappings.ts';
import type { Invoke } from '../../../local/lambda/invocation.ts';
import { connectionIdOf } from '../../support/fill-members.ts';
import { asUser, aWebSocketMessageEvent } from '../../support/web-socket-events.ts';
import { type Handler, loadBuiltHandler } from '../built-handler.ts';
import type { BenchEngines } from '../engines.ts';
import type { AccountLimits } from './gateway.ts';

/** Invocations of each function so far, and their milliseconds, for the bill. */
export type Runs = Record<'send' | 'fanOut' | 'flush' | 'deliver', { count: number; ms: number }>;

/** The functions of this project as they are deployed, behind the mappings of the one-machine run. */
export interface Pipeline {
  /** @returns when the sender has its acknowledgement */
  send(roomId: string, senderIndex: number, text: string, id: string): Promise<void>;
  runs(): Runs;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface PipelineOptions {
  engines: BenchEngines;
  endpoint: string;
  limits: AccountLimits;
  /** Kept when one pipeline follows another on the same stream. */
  checkpoints: CheckpointStore;
  onProblem: (problem: string) => void;
}

/** As `infra` deploys it: the part of the quota, the part of that for a room, and the environments. */
const POSTS_SHARE = 0.8;
const ROOM_SHARE = 0.5;
const POSTS_PER_ENVIRONMENT = 1_000;

const TIMEOUT_MS = 30_000;
const SENDERS_MAX = 5;

interface Answer {
  body?: string;
}

export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { engines, endpoint, limits } = options;
  const postsPerSecond = limits.requestsPerSecond * POSTS_SHARE;
  const environments = Math.max(2, Math.ceil(postsPerSecond / POSTS_PER_ENVIRONMENT));
  const variables = {
    ...engines.environment,
    ROOM_POSTS_PER_SECOND: String(Math.floor(postsPerSecond * ROOM_SHARE)),
    ROOM_POSTS_AT_ONCE: String(Math.floor(postsPerSecond * ROOM_SHARE)),
    POSTS_PER_SECOND: String(Math.floor(postsPerSecond / environments)),
    POSTER: 'lean',
    MANAGEMENT_ENDPOINT: endpoint,
  };
  const load = (folder: string) =>
    loadBuiltHandler<unknown, unknown>(`services/messages/${folder}`, variables);

  const runs: Runs = {
    send: { count: 0, ms: 0 },
    fanOut: { count: 0, ms: 0 },
    flush: { count: 0, ms: 0 },
    deliver: { count: 0, ms: 0 },
  };
  const pools = {
    // As many senders as a scenario has speak at once.
    send: createPool('send', Array(SENDERS_MAX).fill(await load('1-send'))),
    fanOut: createPool('fanOut', [await load('2-fan-out')]),
    flush: createPool('flush', [await load('flush'), await load('flush')]),
    deliver: createPool(
      'deliver',
      await Promise.all(Array.from({ length: environments }, () => load('3-deliver'))),
    ),
  };

  /** Environments of one function: each has one invocation at a time. */
  function createPool(name: keyof Runs, handlers: Handler<unknown, unknown>[]) {
    const idle = [...handlers];
    const waiting: (() => void)[] = [];
    return async (event: unknown): Promise<unknown> => {
      while (idle.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const handler = idle.pop();
      if (handler === undefined) throw new Error(`${name} has no environment.`);
      const startedAt = Date.now();
      const context = {
        getRemainingTimeInMillis: () => startedAt + TIMEOUT_MS - Date.now(),
      } as Context;
      try {
        return await handler(event, context);
      } finally {
        runs[name].count += 1;
        runs[name].ms += Date.now() - startedAt;
        idle.push(handler);
        waiting.shift()?.();
      }
    };
  }

  const { model, names } = engines;
  const tableId = model.tables.find(({ tableName }) => tableName === names.MESSAGES_TABLE)?.id;
  const queueId = (url: string) =>
    model.queues.find(({ queueName }) => url.endsWith(`/${queueName}`))?.id;
  const poolOfQueue = new Map([
    [queueId(names.DELIVERY_QUEUE_URL), pools.deliver],
    [queueId(names.FLUSH_QUEUE_URL), pools.flush],
  ]);
  const streamMappings = model.streamMappings.filter((mapping) => mapping.tableId === tableId);
  const queueMappings = model.queueMappings.filter(({ queueId }) => poolOfQueue.has(queueId));
  const functions = new Map([
    ...streamMappings.map(({ functionId }) => [functionId, pools.fanOut] as const),
    ...queueMappings.map(
      ({ functionId, queueId }) => [functionId, poolOfQueue.get(queueId)] as const,
    ),
  ]);

  const invoke: Invoke = async (functionId, payload) => {
    try {
      return { status: 'returned', payload: await functions.get(functionId)?.(payload) };
    } catch (error) {
      const { name: errorType, message } = error as Error;
      return { status: 'function-error', cause: 'handler', errorType, message };
    }
  };
  const access = { region: ENGINE_SQS_REGION, credentials: ENGINE_CREDENTIALS };
  const streams = new DynamoDBStreamsClient({ ...access, endpoint: engines.dynamoDbEndpoint });
  const sqs = new SQSClient({ ...access, endpoint: engines.sqsEndpoint });
  const s3 = new S3Client({ ...access, endpoint: engines.sqsEndpoint });
  const mappings = await startMappings({
    model: { ...model, streamMappings, queueMappings },
    streams,
    streamArns: engines.streamArns,
    sqs,
    queueUrl: (queueName) => `${engines.sqsEndpoint}/${model.accountId}/${queueName}`,
    s3,
    isExpiry: () => false,
    checkpoints: options.checkpoints,
    concurrencyCap: environments,
    invoke,
    clock: systemClock,
    trace: () => undefined,
    onProblem: options.onProblem,
  });

  return {
    async send(roomId, senderIndex, text, clientMessageId) {
      const event = aWebSocketMessageEvent(
        { action: 'send', roomId, text, clientMessageId },
        {
          ...asUser(`user-${senderIndex}`),
          connectionId: connectionIdOf(senderIndex),
          requestTimeEpoch: Date.now(),
        },
      );
      const { body = '' } = (await pools.send(event)) as Answer;
      if (JSON.parse(body).type !== 'sent') throw new Error(`A message was refused: ${body}`);
    },
    runs: () => structuredClone(runs),
    idle: () => mappings.idle(),
    async stop() {
      await mappings.stop();
      for (const client of [streams, sqs, s3]) client.destroy();
    },
  };
}
