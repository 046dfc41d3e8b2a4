import { unavailable } from '../../../shared/domain/errors.ts';
import { SEND_ANSWER_WITHIN_MS, SEND_WRITE_WITHIN_MS } from '../../../shared/domain/limits.ts';
import type { Message } from '../../../shared/domain/message.ts';
import type {
  Clock,
  MessageLog,
  MessageStore,
  Receipt,
  Sequencer,
} from '../../../shared/domain/ports.ts';
import { createBusyRooms } from './busy-rooms.ts';

export interface SendCommand {
  roomId: string;
  userId: string;
  text: string;
  /** JSON text. */
  data?: string;
  clientMessageId?: string;
  /** When the gateway took the request, in milliseconds since the epoch. */
  receivedAt: number;
}

export interface Sent extends Receipt {
  /** The message had been stored by an earlier attempt. */
  duplicate: boolean;
}

export type Send = (command: SendCommand, admission: Promise<void>) => Promise<Sent>;

export interface SendDependencies {
  sequencer: Sequencer;
  store: MessageStore;
  log: Pick<MessageLog, 'seal'>;
  clock: Clock;
  newMessageId: (now: number) => string;
  /** A signal that fires after this many milliseconds. */
  expireIn: (ms: number) => AbortSignal;
  retentionMs: number;
}

/** A number is sealed away only from a sender slower than the send timeout: once is rare already. */
const NUMBERS_MAX = 3;

/**
 * Stores a message under its room's next number; nothing else. What it returns is durable.
 *
 * Idempotent per (room, user, clientMessageId) while the receipt lives. The receipt is looked up
 * before a number is taken, so that an ordinary retry leaves no hole. A number that is given up is
 * sealed at once; after a crash, readers seal it.
 *
 * Answers in time whatever it waits for: the function would be ended, and the sender none the wiser.
 * What was refused so may still be stored, once; the same clientMessageId finds it.
 *
 * @param admission whether the sender may; it is awaited together with the look-up.
 * @throws ChatError `UNAVAILABLE`, `CONFLICT` or `RATE_LIMITED`, all to be retried with the same
 * clientMessageId.
 */
export function createSend(dependencies: SendDependencies): Send {
  const { sequencer, store, log, clock, newMessageId, expireIn, retentionMs } = dependencies;

  const busyRooms = createBusyRooms(clock);

  /** Whether the message stands under its number after all: then the write had succeeded. */
  async function giveUp({ messageId, roomId, seq, sentAt }: Message): Promise<boolean> {
    const entry = { kind: 'void', roomId, seq, sentAt } as const;
    const standing = await log.seal({ entry, expiresAt: sentAt + retentionMs });
    return standing.entry.kind === 'message' && standing.entry.messageId === messageId;
  }

  async function append(message: Message, writeBy: AbortSignal) {
    try {
      if (writeBy.aborted) throw tooLate(message.roomId);
      return await store.append(message, message.sentAt + retentionMs, writeBy);
    } catch (error) {
      busyRooms.note(message.roomId, error);
      // The write may have happened all the same. If that cannot be told either, the client asks again.
      if (await giveUp(message).catch(() => false)) return { outcome: 'stored' } as const;
      throw error;
    }
  }

  async function attempt(
    { receivedAt, ...content }: SendCommand,
    admission: Promise<void>,
    writeBy: AbortSignal,
  ): Promise<Sent> {
    const { roomId, userId, clientMessageId } = content;
    const [receipt] = await Promise.all([
      clientMessageId === undefined
        ? undefined
        : store.findReceipt(roomId, userId, clientMessageId),
      admission,
    ]);
    if (receipt !== undefined) return { ...receipt, duplicate: true };

    const messageId = newMessageId(clock.now());
    for (let numbers = 0; numbers < NUMBERS_MAX; numbers += 1) {
      if (writeBy.aborted) throw tooLate(roomId);
      busyRooms.requireRested(roomId);
      const { head: seq } = await sequencer.next(roomId, writeBy);
      // Read after the number was given out: readers date holes by their successors.
      const sentAt = clock.now();
      const message: Message = { kind: 'message', ...content, seq, messageId, receivedAt, sentAt };
      const result = await append(message, writeBy);
      if (result.outcome === 'stored') return { seq, messageId, sentAt, duplicate: false };
      // Readers would seal it in a few seconds; doing it now spares them the wait.
      await giveUp(message).catch(() => undefined);
      if (result.outcome === 'already-stored') return { ...result.receipt, duplicate: true };
    }
    throw unavailable(`Room ${roomId} is too busy to store the message; try again shortly.`);
  }

  return (command, admission) => {
    const answerBy = expireIn(SEND_ANSWER_WITHIN_MS);
    const writeBy = expireIn(SEND_WRITE_WITHIN_MS);
    return Promise.race([attempt(command, admission, writeBy), expiry(answerBy, command.roomId)]);
  };
}

const tooLate = (roomId: string) =>
  unavailable(`Room ${roomId} did not store the message in time; try again shortly.`);

function expiry(signal: AbortSignal, roomId: string): Promise<never> {
  return new Promise((_, reject) => {
    const expire = () => reject(tooLate(roomId));
    if (signal.aborted) expire();
    signal.addEventListener('abort', expire, { once: true });
  });
}
