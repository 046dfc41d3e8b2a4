import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ChatError, rateLimited, unavailable } from '../domain/errors.ts';
import { RECEIPT_LIFETIME_MS } from '../domain/limits.ts';
import type { Message } from '../domain/message.ts';
import type { AppendResult, Clock, MessageStore, Receipt } from '../domain/ports.ts';
import { type Backoff, jitteredBackoff } from './backoff.ts';
import { toRecord } from './message-record.ts';
import {
  cancellationReasonsOf,
  failedCondition,
  hasName,
  isHotKey,
  mayPass,
  reach,
  TRANSACTION_CONFLICT,
  TRANSACTION_THROTTLING,
} from './sdk-errors.ts';

const receiptRecordSchema = z.object({
  v: z.literal(1),
  seq: z.number(),
  messageId: z.string(),
  sentAt: z.number(),
  expiresAt: z.number(),
});

interface MessageStoreOptions {
  client: DynamoDBDocumentClient;
  messagesTable: string;
  receiptsTable: string;
  clock: Clock;
  backoff?: Backoff;
}

const ATTEMPTS = 4;

/** The Messages and Receipts tables as {@link MessageStore}. */
export function createMessageStore(options: MessageStoreOptions): MessageStore {
  const { client, messagesTable, receiptsTable, clock, backoff = jitteredBackoff } = options;

  const nowSeconds = () => Math.floor(clock.now() / 1000);

  function toReceipt(item: unknown): (Receipt & { expired: boolean }) | undefined {
    if (item === undefined) return undefined;
    const { seq, messageId, sentAt, expiresAt } = receiptRecordSchema.parse(item);
    return { seq, messageId, sentAt, expired: expiresAt <= nowSeconds() };
  }

  async function readReceipt(receiptId: string) {
    const { Item } = await client.send(
      new GetCommand({ TableName: receiptsTable, Key: { receiptId }, ConsistentRead: true }),
    );
    const receipt = toReceipt(Item);
    return receipt?.expired === false ? receipt : undefined;
  }

  /** Which message stands at a number, if any. */
  async function messageIdAt(roomId: string, seq: number): Promise<string | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: messagesTable, Key: { roomId, seq }, ConsistentRead: true }),
    );
    return Item?.messageId;
  }

  const putMessage = (message: Message, expiresAt: number) => ({
    TableName: messagesTable,
    Item: toRecord({ entry: message, expiresAt }),
    ConditionExpression: 'attribute_not_exists(roomId)',
  });

  const putReceipt = (message: Message, receiptId: string) => ({
    TableName: receiptsTable,
    Item: {
      v: 1,
      receiptId,
      seq: message.seq,
      messageId: message.messageId,
      sentAt: message.sentAt,
      expiresAt: Math.ceil((message.sentAt + RECEIPT_LIFETIME_MS) / 1000),
    },
    // TTL deletes late: a receipt past its time counts as absent.
    ConditionExpression: 'attribute_not_exists(receiptId) OR expiresAt <= :now',
    // Not the clock: a repeated request must be the same request, or its token does not hold.
    ExpressionAttributeValues: { ':now': Math.floor(message.sentAt / 1000) },
  });

  /** Tells one's own write, whose reply was lost, from somebody else's. */
  async function settle(message: Message, receiptId?: string): Promise<AppendResult> {
    const receipt = receiptId === undefined ? undefined : await readReceipt(receiptId);
    if (receipt?.messageId === message.messageId) return { outcome: 'stored' };
    if (receipt !== undefined) return { outcome: 'already-stored', receipt };
    const standing = await messageIdAt(message.roomId, message.seq);
    return { outcome: standing === message.messageId ? 'stored' : 'number-taken' };
  }

  async function write(
    message: Message,
    expiresAt: number,
    receiptId: string | undefined,
    options: { abortSignal?: AbortSignal },
  ): Promise<void> {
    if (receiptId === undefined) {
      await client.send(new PutCommand(putMessage(message, expiresAt)), options);
      return;
    }
    await client.send(
      new TransactWriteCommand({
        // One token per message and number: repeating the request is one transaction.
        ClientRequestToken: `${message.messageId.slice(-16)}-${message.seq}`,
        TransactItems: [
          { Put: putMessage(message, expiresAt) },
          { Put: putReceipt(message, receiptId) },
        ],
      }),
      options,
    );
  }

  return {
    findReceipt: (roomId, userId, clientMessageId) =>
      reach('The room', () => readReceipt(receiptIdOf(roomId, userId, clientMessageId))),

    append: (message, expiresAt, signal) =>
      reach('The room', async () => {
        const { roomId, userId, clientMessageId } = message;
        const receiptId =
          clientMessageId === undefined ? undefined : receiptIdOf(roomId, userId, clientMessageId);
        const options = signal === undefined ? {} : { abortSignal: signal };
        let obstacle: unknown;
        for (let attempt = 1; ; attempt += 1) {
          try {
            await write(message, expiresAt, receiptId, options);
            return { outcome: 'stored' };
          } catch (error) {
            if (failedCondition(error)) return settle(message, receiptId);
            if (!mayPass(error)) throw error;
            // When the time is over, what it was spent on says more than that.
            if (obstacle === undefined || !signal?.aborted) obstacle = error;
            if (attempt === ATTEMPTS || signal?.aborted) throw refusal(roomId, obstacle);
          }
          await backoff.wait(attempt - 1, 30, 300);
        }
      }),
  };
}

/** What the sender is told when it did not pass in time. */
function refusal(roomId: string, error: unknown): unknown {
  const reasons = cancellationReasonsOf(error).map(({ code }) => code);
  const [ofMessage = ''] = reasons;
  // The log of a room is one partition; its receipts are spread over many.
  if (isHotKey(error) || TRANSACTION_THROTTLING.includes(ofMessage)) {
    return rateLimited(roomId, error);
  }
  if (hasName(error, 'TransactionConflictException') || reasons.includes(TRANSACTION_CONFLICT)) {
    const message = 'Too many writes at once; send again with the same clientMessageId.';
    return new ChatError('CONFLICT', message, { retryAfterMs: 500, cause: error });
  }
  return reasons.length > 0 ? unavailable('The room is busy; try again shortly.', error) : error;
}

/** User ids and client message ids may hold any character: encoded, two keys never meet. */
export function receiptIdOf(roomId: string, userId: string, clientMessageId: string): string {
  return [roomId, userId, clientMessageId].map(encodeURIComponent).join('#');
}
