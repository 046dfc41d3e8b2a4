import type { Message } from '@aws-sdk/client-sqs';
import type { Clock } from '../../../client/types.ts';
import type { QueueRecord, QueueSource } from '../../../local/events/queue-source.ts';
import { type Chance, createMoments } from './chance.ts';
import type { Faults } from './faults.ts';
import type { SimulatedQueues } from './queue.ts';

export interface SimulatedQueueSource extends QueueSource {
  /** There is, or may be, another message. */
  wake(): void;
}

export interface QueueSourceOptions {
  queueUrl: string;
  visibilityTimeoutMs: number;
  time: Clock;
  chance: Chance;
  faults: Faults;
}

/** A queue as its event source mapping reads it: long polls, and what SQS may do to them. */
export function createQueueSource(
  queues: SimulatedQueues,
  { queueUrl: QueueUrl, visibilityTimeoutMs, time, chance, faults }: QueueSourceOptions,
): SimulatedQueueSource {
  const waiting = new Set<() => void>();
  const nameMoment = createMoments();

  function take(max: number): QueueRecord[] {
    const request = { QueueUrl, MaxNumberOfMessages: max, MessageSystemAttributeNames: ['All'] };
    const { Messages = [] } = queues.perform('ReceiveMessage', request, 'ok') as {
      Messages?: Message[];
    };
    for (const message of Messages) {
      // At least once: another server of the queue may not know yet that the message is out.
      const again = faults.strikes('queue-twice', `${message.ReceiptHandle}`);
      if (again)
        time.after(chance.between(10, 3_000, `${message.ReceiptHandle}`), () => show(message));
    }
    return Messages.map((message) => toRecord(message, QueueUrl));
  }

  /** The receipts that are out stay valid as long as nobody receives the message anew. */
  function show({ ReceiptHandle }: Message): void {
    const request = { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 };
    queues.perform('ChangeMessageVisibility', request, 'ok');
    wake();
  }

  function wake(): void {
    for (const look of [...waiting]) look();
  }

  /** Until a message becomes visible, somebody wakes us, or the time is over. */
  function nextChance(untilMs: number, signal: AbortSignal): Promise<void> {
    const due = queues.lettersIn(QueueUrl).map(({ visibleAt }) => visibleAt);
    const at = Math.min(untilMs, ...due.filter((visibleAt) => visibleAt > time.now()));
    return new Promise((resolve) => {
      const look = () => {
        cancel();
        waiting.delete(look);
        resolve();
      };
      const cancel = time.after(at - time.now(), look);
      waiting.add(look);
      if (signal.aborted) look();
    });
  }

  return {
    visibilityTimeoutMs,
    async receive(max, waitMs, signal) {
      const until = time.now() + waitMs;
      for (;;) {
        const records = take(max);
        if (records.length === 0 && time.now() < until && !signal.aborted) {
          await nextChance(until, signal);
          continue;
        }
        const moment = nameMoment(`receive of ${records[0]?.messageId}`);
        if (records.length > 0 && faults.strikes('queue-late', moment)) {
          const lateMs = chance.between(500, 5_000, moment);
          await new Promise<void>((resolve) => time.after(lateMs, resolve));
        }
        return records;
      }
    },
    async remove(handles) {
      for (const ReceiptHandle of handles) {
        queues.perform('DeleteMessage', { QueueUrl, ReceiptHandle }, 'ok');
      }
    },
    wake,
  };
}

function toRecord(
  { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message,
  queueUrl: string,
) {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes as Record<string, string>,
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:eu-west-1:000000000000:${queueUrl}`,
    awsRegion: 'eu-west-1',
  } satisfies QueueRecord;
}
