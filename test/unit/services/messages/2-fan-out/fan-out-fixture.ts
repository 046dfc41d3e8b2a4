import { createFanOut } from '../../../../../services/messages/2-fan-out/fan-out.ts';
import { createFanOutHandler } from '../../../../../services/messages/2-fan-out/handler.ts';
import { createPacedFanOut } from '../../../../../services/messages/2-fan-out/paced-fan-out.ts';
import { fromImage } from '../../../../../shared/aws/message-record.ts';
import type { DeliveryQueue } from '../../../../../shared/domain/ports.ts';
import type { MessagesPush } from '../../../../../shared/protocol/frames.ts';
import { packFrames } from '../../../../../shared/protocol/wire-entry.ts';
import { createInMemoryChat, type InMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aMessage } from '../../../../support/log-entries.ts';
import { aStreamRecord } from '../../../../support/stream-events.ts';

/** So much that nobody is paced. */
const limits = { roomPostsPerSecond: 1_000_000, roomPostsAtOnce: 1_000_000, windowMaxMs: 2_000 };

/** The handler over what is in memory; `queue` stands for a queue that fails. */
export const handlerOf = (chat: InMemoryChat, queue: DeliveryQueue = chat.queue) =>
  createFanOutHandler({
    rooms: chat.rooms,
    queue,
    limits,
    fanOut: createPacedFanOut({
      ...chat,
      limits,
      fanOut: createFanOut({ ...chat, limits, packFrames }),
    }),
    readImage: fromImage,
    deadLetters: chat.deadLetters,
    log: chat.logger,
    metrics: chat.metrics,
  });

export function aHandler() {
  const chat = createInMemoryChat();
  const handle = handlerOf(chat);
  const jobs = () => chat.queue.queued.map(({ job }) => job);
  /** The numbers that a connection will get, in order. */
  const seqsFor = (connectionId: string) =>
    jobs()
      .filter((job) => job.connectionIds.includes(connectionId))
      .flatMap((job) => job.frames.map((frame) => JSON.parse(frame) as MessagesPush))
      .flatMap(({ messages }) => messages.map(({ seq }) => seq));
  return { chat, handle, jobs, seqsFor };
}

export const message = (seq: number, roomId = 'lobby') => aStreamRecord(aMessage({ seq, roomId }));
export const poison = (roomId = 'lobby') =>
  aStreamRecord(aMessage({ roomId }), { roomId: { S: roomId }, v: { N: '99' } });
export const failureOf = (record: ReturnType<typeof message>) => ({
  batchItemFailures: [{ itemIdentifier: record.dynamodb.SequenceNumber }],
});
export const NOTHING_FAILED = { batchItemFailures: [] };
export const ids = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);
