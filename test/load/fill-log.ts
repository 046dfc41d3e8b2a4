import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { toRecord } from '../../shared/aws/message-record.ts';
import { openEngineTables } from '../support/engine-tables.ts';
import { aStoredMessage } from '../support/log-entries.ts';

export interface FillLogOptions {
  /** Of the engine. */
  endpoint: string;
  roomId: string;
  /** The first number, if there are messages before it already. Default 1. */
  from?: number;
  count: number;
  /** Default: an hour ago. Holes below recent messages are left to their senders for a while. */
  sentAt?: number;
  /** With 1, no number is ever stored before one below it. Default 4. */
  batchesAtOnce?: number;
  onProgress: (line: string) => void;
}

const BATCH_MESSAGES = 25;
const BATCHES_AT_ONCE = 4;
const PROGRESS_EVERY = 20_000;
const SENT_BEFORE_MS = 60 * 60 * 1_000;
const KEPT_MS = 24 * 60 * 60 * 1_000;

/** Stores messages `from` to `count`, past the send function: it would take far longer. */
export async function fillLog(options: FillLogOptions): Promise<void> {
  const { endpoint, roomId, from = 1, count, onProgress } = options;
  const { client, names, close } = await openEngineTables(endpoint);
  const { sentAt = Date.now() - SENT_BEFORE_MS, batchesAtOnce = BATCHES_AT_ONCE } = options;
  const expiresAt = Date.now() + KEPT_MS;
  let next = from;
  let told = from;

  const put = (seq: number) => {
    const entry = aStoredMessage({ roomId, seq, sentAt }).entry;
    return { PutRequest: { Item: toRecord({ entry, expiresAt }) } };
  };

  async function write(): Promise<void> {
    while (next <= count) {
      const first = next;
      next += BATCH_MESSAGES;
      const seqs = Array.from(
        { length: Math.min(BATCH_MESSAGES, count - first + 1) },
        (_, index) => first + index,
      );
      const requests = { [names.MESSAGES_TABLE]: seqs.map(put) };
      const { UnprocessedItems = {} } = await client.send(
        new BatchWriteCommand({ RequestItems: requests }),
      );
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('The engine left writes over.');
      if (first - told >= PROGRESS_EVERY) {
        told = first;
        onProgress(`${first} messages stored`);
      }
    }
  }

  // Numbers are given out before they are used: a reader never finds one above the head.
  await client.send(
    new PutCommand({
      TableName: names.ROOMS_TABLE,
      Item: { roomId, head: count, headAt: sentAt, createdAt: sentAt, floor: 0, shardCount: 1 },
    }),
  );
  await Promise.all(Array.from({ length: batchesAtOnce }, write));
  close();
}
