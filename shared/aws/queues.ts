import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { byteLength } from '../domain/bytes.ts';
import { unavailable } from '../domain/errors.ts';
import type { DeadLetters, DeliveryQueue, RoomJobQueue } from '../domain/ports.ts';
import { type Backoff, jitteredBackoff } from './backoff.ts';
import { encodeLetter } from './dead-letter.ts';
import { encodeJob } from './delivery-job.ts';
import { encodeRoomJob } from './room-job.ts';

export function createSqsClient(): SQSClient {
  return new SQSClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
}

/** SendMessageBatch: ten entries and 1 MiB in all, less a margin for what is not body. */
const BATCH_MAX_ENTRIES = 10;
const BATCH_MAX_BYTES = 1_000_000;
const SEND_ATTEMPTS = 4;

interface QueueOptions {
  client: SQSClient;
  queueUrl: string;
  backoff?: Backoff;
}

/**
 * The delivery queue. The room is the message group, so that on a standard queue a hot room's
 * backlog does not delay quiet rooms (fair queues).
 */
export function createDeliveryQueue({
  client,
  queueUrl,
  backoff = jitteredBackoff,
}: QueueOptions): DeliveryQueue {
  /** A 200 may still hold entries that failed: they, and only they, are sent again. */
  async function sendBatch(entries: SendMessageBatchRequestEntry[]): Promise<void> {
    let pending = entries;
    for (let attempt = 0; attempt < SEND_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await backoff.wait(attempt - 1, 50, 1_000);
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: pending }),
      );
      if (Failed.length === 0) return;
      const refused = Failed.find(({ SenderFault }) => SenderFault === true);
      if (refused !== undefined)
        throw new Error(`SQS refused a job: ${refused.Code} ${refused.Message}`);
      const failed = new Set(Failed.map(({ Id }) => Id));
      pending = pending.filter(({ Id }) => failed.has(Id));
    }
    throw unavailable(`${pending.length} delivery jobs could not be enqueued.`);
  }

  return {
    async send(jobs, delaySeconds) {
      const bodies = jobs.map((job) => ({ job, body: encodeJob(job) }));
      await Promise.all(
        intoBatches(bodies, ({ body }) => byteLength(body)).map((batch) =>
          sendBatch(
            batch.map(({ job, body }, index) => ({
              Id: String(index),
              MessageBody: body,
              MessageGroupId: job.roomId,
              DelaySeconds: delaySeconds,
            })),
          ),
        ),
      );
    },
  };
}

function intoBatches<T>(items: readonly T[], sizeOf: (item: T) => number): T[][] {
  const batches: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const size = sizeOf(item);
    if (bytes + size > BATCH_MAX_BYTES || batches.at(-1)?.length === BATCH_MAX_ENTRIES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(item);
    bytes += size;
  }
  return batches;
}

/** The flush queue. Its jobs, too, are those of a room: one room's do not delay another's. */
export function createRoomJobQueue({ client, queueUrl }: QueueOptions): RoomJobQueue {
  return {
    async send(job, delaySeconds) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: encodeRoomJob(job),
          MessageGroupId: job.roomId,
          DelaySeconds: delaySeconds,
        }),
      );
    },
  };
}

/** A dead-letter queue that a function writes to itself: the record and why it could not be read. */
export function createDeadLetters({ client, queueUrl }: QueueOptions): DeadLetters {
  return {
    async add({ reason, record }) {
      const MessageBody = encodeLetter(reason, record);
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    },
  };
}
