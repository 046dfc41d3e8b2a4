import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PurgeQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BatchWriteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { AlarmTransition } from '../../local/cloudwatch/alarm-watch.ts';
import { ENGINE_CREDENTIALS } from '../../local/engines/credentials.ts';
import type { GatewayFaults } from '../../local/gateway/faults.ts';
import {
  type EngineEndpoints,
  type LocalStack,
  type LocalStackOptions,
  startLocalStack,
} from '../../local/stack.ts';
import { encodeJob } from '../../shared/aws/delivery-job.ts';
import type { DeliveryJob } from '../../shared/domain/ports.ts';
import { temporaryDirectory } from '../support/assembly.ts';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';
import { createEventLog, type EventLog } from '../support/event-log.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';

/** A local stack with short minutes, and everything that trouble is made with. */
export interface Stage {
  stack: LocalStack;
  /** Between the functions and their tables. */
  tables: FaultProxy;
  faults: GatewayFaults;
  alarms: EventLog<AlarmTransition>;
  /** Variables of the functions, such as `ROOMS_TABLE`. */
  names: Record<string, string>;
  /** Opens a socket; the stage closes it. */
  visit(userId: string, roomId?: string): Promise<ChatSocket & { connectionId: string }>;
  put(table: string, row: Record<string, unknown>): Promise<unknown>;
  /** 25 rows at most. */
  putMany(table: string, rows: Record<string, unknown>[]): Promise<unknown>;
  /** Delivery jobs; 10 at most. */
  enqueue(...bodies: string[]): Promise<unknown>;
  /** Jobs of the flush queue; 10 at most. */
  enqueueFlushes(...bodies: string[]): Promise<unknown>;
  /** By the variable that holds its URL. */
  purge(queue: string): Promise<unknown>;
  /** Resolves when the alarm, named without its prefix, is in that state. */
  reaches(alarm: string, state: 'ALARM' | 'OK'): Promise<void>;
  /** Resolves when no alarm rings. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

const PREFIX = 'roomcast-dev-';
const PATIENCE_MS = 100_000;

/** @param options how long a minute lasts, and how much of Lambda the account has */
export async function openStage(
  options: Pick<LocalStackOptions, 'metricMinuteMs' | 'totalConcurrency'>,
): Promise<Stage> {
  const { ALARMS_ASSEMBLY: assemblyDir } = process.env;
  if (assemblyDir === undefined) throw new Error('Run this with npm run test:alarms.');
  const data = temporaryDirectory();
  const alarms = createEventLog<AlarmTransition>();
  const faults: GatewayFaults = {};
  let engines: EngineEndpoints = { dynamoDb: '', sqs: '' };
  let tables: FaultProxy | undefined;
  const stack = await startLocalStack({
    ...options,
    dataDir: data.path,
    assemblyDir,
    port: 0,
    streamPollMs: 20,
    faults,
    interpose: async (found) => {
      engines = found;
      tables = await startFaultProxy(found.dynamoDb);
      return { ...found, dynamoDb: tables.endpoint };
    },
    onAlarm: alarms.add,
    // Trouble is what this is about: the alarms tell of it.
    onProblem: () => {},
  });
  if (tables === undefined) throw new Error('The stack did not ask for its tables.');
  const { close: closeTables } = tables;

  const engine = { region: 'us-east-1', credentials: ENGINE_CREDENTIALS };
  const dynamoDb = new DynamoDBClient({ ...engine, endpoint: engines.dynamoDb });
  const documents = DynamoDBDocumentClient.from(dynamoDb);
  const sqs = new SQSClient({ ...engine, endpoint: engines.sqs });
  const names = Object.assign({}, ...stack.model.functions.map(({ environment }) => environment));
  const enqueueIn = (QueueUrl: string, bodies: string[]) => {
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    return sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  const visitors: ChatSocket[] = [];
  const stateOf = (name: string) =>
    stack.cloudWatch.alarms().find(({ alarm }) => alarm.name === name)?.state;

  return {
    stack,
    tables,
    faults,
    alarms,
    names,
    async visit(userId, roomId) {
      const query = { userId, ...(roomId !== undefined && { roomId }) };
      const socket = await openSocket(stack.webSocketUrl, query);
      visitors.push(socket);
      const { connection } = await socket.request({ action: 'where am I?' });
      return { ...socket, ...(connection as { connectionId: string }) };
    },
    put: (table, Item) => documents.send(new PutCommand({ TableName: names[table], Item })),
    putMany: (table, rows) =>
      documents.send(
        new BatchWriteCommand({
          RequestItems: { [names[table]]: rows.map((Item) => ({ PutRequest: { Item } })) },
        }),
      ),
    enqueue: (...bodies) => enqueueIn(names.DELIVERY_QUEUE_URL, bodies),
    enqueueFlushes: (...bodies) => enqueueIn(names.FLUSH_QUEUE_URL, bodies),
    purge: (queue) => sqs.send(new PurgeQueueCommand({ QueueUrl: names[queue] })),
    reaches: (alarm, state) =>
      alarms.until(
        `${alarm} in ${state}`,
        () => stateOf(`${PREFIX}${alarm}`) === state,
        PATIENCE_MS,
      ),
    calm: () =>
      alarms.until(
        'no alarm rings',
        () => stack.cloudWatch.alarms().every(({ state }) => state !== 'ALARM'),
        PATIENCE_MS,
      ),
    async close() {
      for (const visitor of visitors) visitor.close();
      await stack.stop();
      await closeTables();
      dynamoDb.destroy();
      sqs.destroy();
      data.remove();
    },
  };
}

/** Does something again and again, and does not wait for what comes of it. @returns how to stop it */
export function keepOn(everyMs: number, action: () => unknown): () => void {
  const timer = setInterval(() => {
    // In the middle of trouble, things fail.
    void Promise.resolve(action()).catch(() => {});
  }, everyMs);
  return () => clearInterval(timer);
}

/** A delivery job as deliver takes it from the queue. */
export function aJob(job: Partial<DeliveryJob> & Pick<DeliveryJob, 'connectionIds'>): string {
  const now = Date.now();
  const usual = { roomId: 'red', frames: ['{}'], hops: 0, oldestReceivedAt: now, fannedOutAt: now };
  return encodeJob({ ...usual, ...job });
}

/** An entry of a room's log that carries no message; `v` of a later release makes it unreadable. */
export function aVoid(roomId: string, seq: number, v = 1): Record<string, unknown> {
  const expiresAt = Math.floor(Date.now() / 1_000) + 3_600;
  return { v, kind: 'void', roomId, seq, sentAt: Date.now(), expiresAt };
}
