import type { SentReply, WireMessage } from '../shared/protocol/frames.ts';
import type { Backoff } from './backoff.ts';
import { ChatClientError } from './errors.ts';
import type { Link, Outcome } from './link.ts';
import type { Clock, OutboxChange, OutboxItem, SendOptions, Sent } from './types.ts';

/**
 * Own messages until they are acknowledged. Every one of them ends exactly once: stored, refused,
 * or given up. What is sent again carries the same clientMessageId, so the server stores it once.
 */
export interface Outbox {
  add(roomId: string, message: { text: string } & SendOptions): Promise<Sent>;
  /** From an earlier run: there is no caller any more to tell. */
  restore(items: readonly OutboxItem[]): void;
  /** Sends what may be sent now. */
  flush(roomId: string): void;
  /** An own message was pushed: it is stored, even if the reply got lost. */
  seen(roomId: string, message: WireMessage): void;
  /** Gives up what waits, in one room or in all. */
  fail(error: ChatClientError, roomId?: string): void;
  items(roomId?: string): OutboxItem[];
}

export interface OutboxOptions {
  clock: Clock;
  random: () => number;
  backoff: Backoff;
  outboxMaxCount: number;
  outboxMaxAgeMs: number;
  sendsInFlight: number;
  /** The link on which the room is entered, if there is one. */
  link(roomId: string): Link | undefined;
  onNotMember(roomId: string): void;
  onChange(roomId: string, change: OutboxChange): void;
}

interface Entry {
  item: OutboxItem;
  attempts: number;
  /** Handed out, or waiting for its next attempt: either way it holds back those behind it. */
  busy: boolean;
  settled: PromiseWithResolvers<Sent>;
  cancelExpiry: () => void;
  cancelRetry: () => void;
}

type Ending = { state: 'stored'; sent: Sent } | { state: 'failed'; error: ChatClientError };

export function createOutbox(options: OutboxOptions): Outbox {
  const { clock, backoff, outboxMaxCount, outboxMaxAgeMs } = options;
  const entries = new Set<Entry>();

  function insert(item: OutboxItem): Entry {
    const entry: Entry = {
      item: { ...item, state: 'queued' },
      attempts: 0,
      busy: false,
      settled: Promise.withResolvers(),
      cancelExpiry: clock.after(Math.max(0, item.queuedAt + outboxMaxAgeMs - clock.now()), () =>
        fail(entry, 'OUTBOX_EXPIRED', `Not acknowledged within ${outboxMaxAgeMs} ms.`),
      ),
      cancelRetry: () => {},
    };
    // Whoever does not await a send learns of its failure by the `outbox` event: that is no crash.
    entry.settled.promise.catch(() => {});
    entries.add(entry);
    return entry;
  }

  const ofRoom = (roomId?: string) =>
    [...entries].filter(({ item }) => roomId === undefined || item.roomId === roomId);

  const find = (roomId: string, clientMessageId?: string) =>
    ofRoom(roomId).find(({ item }) => item.clientMessageId === clientMessageId);

  function tell({ item }: Entry, change: { state: OutboxItem['state'] } | Ending): void {
    options.onChange(item.roomId, { clientMessageId: item.clientMessageId, ...change });
  }

  function setState(entry: Entry, state: OutboxItem['state']): void {
    entry.item.state = state;
    tell(entry, { state });
  }

  function settle(entry: Entry, ending: Ending): void {
    if (!entries.delete(entry)) return;
    entry.cancelExpiry();
    entry.cancelRetry();
    if (ending.state === 'stored') entry.settled.resolve(ending.sent);
    else entry.settled.reject(ending.error);
    tell(entry, ending);
    flush(entry.item.roomId);
  }

  function store(entry: Entry, { seq, messageId, sentAt, duplicate }: Sent): void {
    settle(entry, { state: 'stored', sent: { seq, messageId, sentAt, duplicate } });
  }

  function fail(entry: Entry, code: 'OUTBOX_FULL' | 'OUTBOX_EXPIRED', problem: string): void {
    settle(entry, { state: 'failed', error: new ChatClientError(code, problem, true) });
  }

  function flush(roomId: string): void {
    for (const entry of ofRoom(roomId).slice(0, options.sendsInFlight)) {
      const link = options.link(roomId);
      if (link === undefined) return;
      if (!entry.busy && entries.has(entry)) attempt(entry, link);
    }
  }

  function attempt(entry: Entry, link: Link): void {
    const { state: _, queuedAt: __, ...content } = entry.item;
    entry.busy = true;
    entry.attempts += 1;
    setState(entry, 'sending');
    link.request({ action: 'send', ...content }, (outcome) => answered(entry, outcome));
  }

  function answered(entry: Entry, outcome: Outcome): void {
    if (!entries.has(entry)) return;
    if (!(outcome instanceof ChatClientError)) store(entry, outcome as SentReply);
    else if (outcome.retryable || outcome.code === 'NOT_A_MEMBER') requeue(entry, outcome);
    else settle(entry, { state: 'failed', error: outcome });
  }

  function requeue(entry: Entry, { code, retryAfterMs }: ChatClientError): void {
    const again = () => {
      entry.busy = false;
      flush(entry.item.roomId);
    };
    setState(entry, 'queued');
    if (code === 'DISCONNECTED') again();
    else entry.cancelRetry = clock.after(backoff(entry.attempts - 1, retryAfterMs), again);
    if (code === 'NOT_A_MEMBER') options.onNotMember(entry.item.roomId);
  }

  return {
    add(roomId, { clientMessageId = newClientMessageId(options), ...content }) {
      const same = find(roomId, clientMessageId);
      if (same !== undefined) return same.settled.promise;
      let copy: typeof content;
      try {
        // What the caller changes later is not sent.
        copy = JSON.parse(JSON.stringify(content));
      } catch (cause) {
        const problem = `The data is no JSON: ${cause}`;
        return Promise.reject(new ChatClientError('INVALID_FRAME', problem));
      }
      const isFull = entries.size >= outboxMaxCount;
      const place = { roomId, clientMessageId, state: 'queued', queuedAt: clock.now() } as const;
      const entry = insert({ ...copy, ...place });
      if (isFull)
        fail(entry, 'OUTBOX_FULL', `${outboxMaxCount} messages are not acknowledged yet.`);
      else {
        tell(entry, { state: 'queued' });
        flush(roomId);
      }
      return entry.settled.promise;
    },
    restore(items) {
      // What an earlier run left goes out before what this one has queued already.
      const queued = [...entries];
      entries.clear();
      for (const item of items) insert(item);
      for (const entry of queued) entries.add(entry);
    },
    flush,
    seen(roomId, message) {
      const entry = find(roomId, message.clientMessageId);
      if (entry !== undefined && entry.attempts > 0) store(entry, { ...message, duplicate: false });
    },
    fail(error, roomId) {
      for (const entry of ofRoom(roomId)) settle(entry, { state: 'failed', error });
    },
    items: (roomId) => ofRoom(roomId).map(({ item }) => ({ ...item })),
  };
}

function newClientMessageId({ clock, random }: Pick<OutboxOptions, 'clock' | 'random'>): string {
  return `${clock.now().toString(36)}-${random().toString(36).slice(2)}`;
}
