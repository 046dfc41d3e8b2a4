import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetter, LetterSource } from './letter-source.ts';

/** What a body says. The resend of a letter that is stuck does nothing but reject. */
export type ReadLetter = (
  body: string,
) => Pick<DeadLetter, 'reason' | 'roomIds' | 'stuck'> & { resend: () => Promise<void> };

export interface QueueLettersOptions {
  client: SQSClient;
  queueUrl: string;
  read: ReadLetter;
  /** Milliseconds since the epoch: letters that were sent later are left alone. */
  startedAt: number;
  /** A long poll asks all servers of the queue: only then does an empty answer mean an empty queue. */
  pollSeconds: number;
  /** How long letters stay hidden from others, should this run end without releasing them. */
  holdSeconds: number;
}

/** SQS takes and gives ten at once. */
const PAGE_MAX = 10;

/** Pages in a row with nothing but letters that were seen before, since holding them has run out. */
const FRUITLESS_MAX = 3;

/** The letters in a dead-letter queue. */
export function createQueueLetters(options: QueueLettersOptions): LetterSource {
  const { client, queueUrl: QueueUrl, read, startedAt, holdSeconds } = options;
  /** Receipt handles of what is hidden from others, by message id. */
  const held = new Map<string, string>();
  const seen = new Set<string>();

  function toLetter({ MessageId = '', Body = '', Attributes }: Message): DeadLetter {
    const { resend, ...letter } = read(Body);
    return {
      ...letter,
      since: Number(Attributes?.SentTimestamp),
      size: 1,
      async moveBack() {
        await resend();
        await client.send(
          new DeleteMessageCommand({ QueueUrl, ReceiptHandle: held.get(MessageId) }),
        );
        held.delete(MessageId);
      },
    };
  }

  /** Empty when the queue is, or when the run is being stopped. */
  async function receive(signal: AbortSignal): Promise<Message[]> {
    if (signal.aborted) return [];
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: PAGE_MAX,
      WaitTimeSeconds: options.pollSeconds,
      VisibilityTimeout: holdSeconds,
      MessageSystemAttributeNames: ['SentTimestamp'],
    });
    try {
      const { Messages = [] } = await client.send(command, { abortSignal: signal });
      return Messages;
    } catch (error) {
      if (signal.aborted) return [];
      throw error;
    }
  }

  return {
    async count() {
      const command = new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages'],
      });
      const { Attributes } = await client.send(command);
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },
    async *pages(signal) {
      let fruitless = 0;
      while (fruitless < FRUITLESS_MAX) {
        const messages = await receive(signal);
        if (messages.length === 0) return;
        for (const { MessageId = '', ReceiptHandle = '' } of messages) {
          held.set(MessageId, ReceiptHandle);
        }
        const fresh = messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
        for (const { MessageId = '' } of fresh) seen.add(MessageId);
        fruitless = fresh.length === 0 ? fruitless + 1 : 0;
        yield fresh.map(toLetter).filter(({ since }) => since <= startedAt);
      }
    },
    async release() {
      const entries = Array.from(held, ([Id, ReceiptHandle]) => ({
        Id,
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      for (let start = 0; start < entries.length; start += PAGE_MAX) {
        const Entries = entries.slice(start, start + PAGE_MAX);
        // An entry that fails is visible again already.
        await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }
      held.clear();
    },
  };
}
