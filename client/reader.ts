import type { WireEntry } from '../shared/protocol/frames.ts';
import { fullJitterMs } from './backoff.ts';
import { ChatClientError } from './errors.ts';
import type { Clock, Message, ReadOptions, RoomEvents, Unsubscribe } from './types.ts';

/** What a reader needs of its room. */
export interface Readable {
  readonly position: number | undefined;
  on(event: 'message', listener: (message: Message) => void): Unsubscribe;
  on(event: 'reset', listener: (reset: RoomEvents['reset']) => void): Unsubscribe;
  /** Resolves when the position is known; rejects when the room is denied, left or closed. */
  placed(): Promise<void>;
  /** One page of the log, void entries included. */
  page(query: { before?: number; after?: number; limit: number }): Promise<WireEntry[]>;
  /** Called when the room is denied, left or closed. */
  onEnd(listener: (error: ChatClientError) => void): Unsubscribe;
}

export interface ReaderOptions {
  clock: Clock;
  random: () => number;
  backoff: { baseMs: number; maxMs: number };
}

/** By then every number up to a known head is stored or void; what is not there has expired. */
export const SETTLED_AFTER_MS = 5_000;

const PAGE_MESSAGES = 100;
/** A reader that falls further behind reads the log again instead. */
const BUFFER_MAX_MESSAGES = 1_000;

/**
 * Joins history to the live stream: what is at or below the room's position comes from the log,
 * page by page, what is above it from the room's own deliveries, which have no holes.
 */
export function createReader(
  room: Readable,
  { since, last = 0 }: ReadOptions,
  { clock, random, backoff }: ReaderOptions,
): AsyncIterableIterator<Message> {
  const buffer: Message[] = [];
  let ending: ChatClientError | undefined;
  let stopped = false;
  let wake = () => {};
  /** Up to here the buffer cannot help. */
  let floor = room.position;

  const subscriptions = [
    room.on('message', (message) => {
      floor ??= message.seq - 1;
      buffer.push(message);
      if (buffer.length > BUFFER_MAX_MESSAGES) {
        buffer.length = 0;
        floor = message.seq;
      }
      wake();
    }),
    room.on('reset', ({ after, resumedAt }) => {
      const gone = `Messages ${after + 1} to ${resumedAt} are gone: read again from history.`;
      end(new ChatClientError('RESET', gone, true));
    }),
    room.onEnd(end),
  ];

  function end(error: ChatClientError): void {
    ending ??= error;
    wake();
  }

  function sleep(delayMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = delayMs === undefined ? undefined : clock.after(delayMs, resolve);
      wake = () => {
        cancel?.();
        resolve();
      };
    });
  }

  const goesOn = () => !stopped && ending === undefined;

  /** Asks until there is an answer, however long the connection is away. */
  async function page(query: { before?: number; after?: number }): Promise<WireEntry[]> {
    for (let attempt = 0; goesOn(); attempt += 1) {
      try {
        return await room.page({ ...query, limit: PAGE_MESSAGES });
      } catch (error) {
        if (!(error instanceof ChatClientError && error.retryable)) throw error;
        if (goesOn()) await sleep(error.retryAfterMs ?? fullJitterMs(attempt, backoff, random));
      }
    }
    return [];
  }

  /** The position before the newest `last` messages up to `until`. */
  async function findStart(until: number): Promise<number> {
    let before = until + 1;
    for (let missing = last; missing > 0 && before > 1 && goesOn(); ) {
      const entries = await page({ before });
      const messages = entries.filter(({ kind }) => kind !== 'void');
      const first = messages.at(-missing) ?? entries[0];
      // Nothing at all: not settled yet, or all of it has expired. Reading from 0 finds out.
      if (first === undefined) return before > until ? 0 : before - 1;
      before = first.seq;
      missing -= messages.length;
    }
    return before - 1;
  }

  async function* read(): AsyncGenerator<Message, undefined> {
    try {
      await room.placed();
      floor ??= room.position ?? 0;
      const startedAt = clock.now();
      let cursor = since ?? (await findStart(floor));
      for (let attempt = 0; goesOn(); ) {
        const next = buffer[0];
        if (next !== undefined && (next.seq <= cursor || cursor >= floor)) {
          buffer.shift();
          if (next.seq > cursor) {
            cursor = next.seq;
            yield next;
          }
        } else if (cursor >= floor) {
          await sleep();
        } else {
          const entries = await page({ after: cursor });
          const settled = clock.now() - startedAt >= SETTLED_AFTER_MS;
          const first = entries[0]?.seq ?? (settled ? floor + 1 : cursor + 1);
          // Position 0 has seen nothing: it starts with the oldest message that is kept.
          if (first > cursor + 1 && cursor > 0) {
            const gone = `Messages ${cursor + 1} to ${first - 1} are gone: read again from history.`;
            throw new ChatClientError('RESET', gone, true);
          }
          for (const entry of entries) {
            if (!goesOn()) break;
            cursor = entry.seq;
            if (entry.kind !== 'void') yield entry;
          }
          if (entries.length > 0) attempt = 0;
          else if (settled) cursor = floor;
          else if (goesOn()) await sleep(fullJitterMs(attempt++, backoff, random));
        }
      }
      if (!stopped && ending !== undefined && !isOrderlyEnd(ending)) throw ending;
    } catch (error) {
      if (!(error instanceof ChatClientError && isOrderlyEnd(error))) throw error;
    } finally {
      release();
    }
    return undefined;
  }

  function release(): void {
    stopped = true;
    for (const unsubscribe of subscriptions) unsubscribe();
    wake();
  }

  const messages = read();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => messages.next(),
    /** Also ends a `next()` that waits for a message. */
    return() {
      release();
      return messages.return(undefined);
    },
  };
}

function isOrderlyEnd({ code }: ChatClientError): boolean {
  return code === 'LEFT' || code === 'CLOSED';
}
