import { ChatClientError } from './errors.ts';
import { type LogEntry, page as readPage } from './history.ts';
import { ready } from './ready.ts';
import type { Message, Room } from './types.ts';

export interface ReadOptions {
  /** Start after this number; 0 is the oldest message kept. */
  since?: number;
  /** Start with this many of the newest messages. Default 0: live ones only. */
  last?: number;
}

const PAGE_MESSAGES = 100;
/** A reader that falls further behind reads the log again instead. */
const BUFFER_MAX_MESSAGES = 1_000;

/**
 * History joined to the live stream, every message once, in order: what is at or below the room's
 * position comes from the log, page by page, what is above it from the room's own deliveries, which
 * have no holes. Ends with `leave()` or `close()`.
 *
 * @throws ChatClientError `RESET` when messages in between are gone, `FORBIDDEN` when denied
 */
export function readRoom(
  room: Room,
  { since, last = 0 }: ReadOptions = {},
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
    room.on('reset', ({ after, resumedAt }) => end(gone(after, resumedAt))),
    room.on('state', watch),
  ];
  watch();

  /** Whoever waits for the room to be live learns that it never will. */
  function watch(): void {
    if (room.state !== 'live') ready(room).catch(end);
  }

  function end(error: ChatClientError): void {
    ending ??= error;
    wake();
  }

  const goesOn = () => !stopped && ending === undefined;

  /** Asks until there is an answer, however long the connection is away. */
  async function page(query: { before: number } | { after: number }): Promise<LogEntry[]> {
    while (goesOn()) {
      try {
        return (await readPage(room, { ...query, limit: PAGE_MESSAGES })).messages;
      } catch (error) {
        if (!(error instanceof ChatClientError && error.retryable)) throw error;
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
      // All of it has expired, or none of it: reading from 0 finds out.
      if (first === undefined) return before > until ? 0 : before - 1;
      before = first.seq;
      missing -= messages.length;
    }
    return before - 1;
  }

  async function* read(): AsyncGenerator<Message, undefined> {
    try {
      if (floor === undefined) await ready(room);
      floor ??= room.position ?? 0;
      let cursor = since ?? (await findStart(floor));
      while (goesOn()) {
        const next = buffer[0];
        if (next !== undefined && (next.seq <= cursor || cursor >= floor)) {
          buffer.shift();
          if (next.seq > cursor) {
            cursor = next.seq;
            yield next;
          }
        } else if (cursor >= floor) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else {
          const entries = await page({ after: cursor });
          if (!goesOn()) break;
          const first = entries[0]?.seq ?? floor + 1;
          // Position 0 has seen nothing: it starts with the oldest message that is kept.
          if (first > cursor + 1 && cursor > 0) throw gone(cursor, first - 1);
          cursor = first - 1;
          for (const entry of entries) {
            if (!goesOn()) break;
            cursor = entry.seq;
            if (entry.kind !== 'void') yield entry;
          }
        }
      }
      if (!stopped && ending !== undefined) throw ending;
    } catch (error) {
      if (!(error instanceof ChatClientError && /LEFT|CLOSED/.test(error.code))) throw error;
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

function gone(after: number, resumedAt: number): ChatClientError {
  const problem = `Messages ${after + 1} to ${resumedAt} are gone: read again from history.`;
  return new ChatClientError('RESET', problem, true);
}
