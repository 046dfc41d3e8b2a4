import type { SentReply, WireMessage } from '../shared/protocol/frames.ts';
import { fullJitterMs } from './backoff.ts';
import { ChatClientError } from './errors.ts';
import type { Link, Outcome } from './link.ts';
import type { Clock, Json, OutboxChange, OutboxItem, OutboxState, Sent } from './types.ts';

/**
 * Own messages until they are acknowledged. Every one of them ends exactly once: stored, refused,
 * or given up. What is sent again carries the same clientMessageId, so the server stores it once.
 */
export interface Outbox {
  add(roomId: string, message: NewMessage): Promise<Sent>;
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

export interface NewMessage {
  text: string;
  data?: Json;
  clientMessageId?: string;
}

export interface OutboxOptions {
  clock: Clock;
  random: () => number;
  backoff: { baseMs: number; maxMs: number };
  maxCount: number;
  maxAgeMs: number;
  sendsInFlight: number;
  /** The link on which the room is entered, if there is one. */
  link(roomId: string): Link | undefined;
  onNotMember(roomId: string): void;
  onChange(roomId: string, change: OutboxChange): void;
}

interface Entry extends OutboxItem {
  attempts: number;
  /** Handed out, or waiting for its next attempt: either way it holds back those behind it. */
  busy: boolean;
  settled: PromiseWithResolvers<Sent>;
  cancelExpiry: () => void;
  cancelRetry: () => void;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { clock, random, backoff, maxCount, maxAgeMs, onChange } = options;
  const entries = new Set<Entry>();

  function insert(item: OutboxItem): Entry {
    const expiresInMs = item.queuedAt + maxAgeMs - clock.now();
    const entry: Entry = {
      ...item,
      state: 'queued',
      attempts: 0,
      busy: false,
      settled: deferred(),
      cancelExpiry: clock.after(Math.max(0, expiresInMs), () => {
        const problem = `Message ${item.clientMessageId} was not acknowledged within ${maxAgeMs} ms.`;
        reject(entry, new ChatClientError('OUTBOX_EXPIRED', problem, true));
      }),
      cancelRetry: () => {},
    };
    toldAnyway(entry.settled.promise);
    entries.add(entry);
    return entry;
  }

  function setState(entry: Entry, state: OutboxState): void {
    entry.state = state;
    onChange(entry.roomId, { clientMessageId: entry.clientMessageId, state });
  }

  function remove(entry: Entry): boolean {
    entry.cancelExpiry();
    entry.cancelRetry();
    return entries.delete(entry);
  }

  function resolve(entry: Entry, { seq, messageId, sentAt, duplicate }: Sent): void {
    if (!remove(entry)) return;
    const sent = { seq, messageId, sentAt, duplicate };
    entry.settled.resolve(sent);
    onChange(entry.roomId, { clientMessageId: entry.clientMessageId, state: 'stored', sent });
    flush(entry.roomId);
  }

  function reject(entry: Entry, error: ChatClientError): void {
    if (!remove(entry)) return;
    entry.settled.reject(error);
    onChange(entry.roomId, { clientMessageId: entry.clientMessageId, state: 'failed', error });
    flush(entry.roomId);
  }

  function flush(roomId: string): void {
    const ofRoom = [...entries].filter((entry) => entry.roomId === roomId);
    for (const entry of ofRoom.slice(0, options.sendsInFlight)) {
      const link = options.link(roomId);
      if (link === undefined) return;
      if (!entry.busy && entries.has(entry)) attempt(entry, link);
    }
  }

  function attempt(entry: Entry, link: Link): void {
    const { roomId, text, data, clientMessageId } = entry;
    entry.busy = true;
    entry.attempts += 1;
    setState(entry, 'sending');
    const content = { roomId, text, ...(data === undefined ? {} : { data }), clientMessageId };
    link.request({ action: 'send', ...content }, (outcome) => answered(entry, outcome));
  }

  function answered(entry: Entry, outcome: Outcome): void {
    if (!entries.has(entry)) return;
    if (!(outcome instanceof ChatClientError)) resolve(entry, outcome as SentReply);
    else if (!outcome.retryable && outcome.code !== 'NOT_A_MEMBER') reject(entry, outcome);
    else requeue(entry, outcome);
  }

  function requeue(entry: Entry, { code, retryAfterMs }: ChatClientError): void {
    setState(entry, 'queued');
    const again = () => {
      entry.busy = false;
      flush(entry.roomId);
    };
    if (code === 'DISCONNECTED') {
      again();
      return;
    }
    const delayMs = retryAfterMs ?? fullJitterMs(entry.attempts - 1, backoff, random);
    entry.cancelRetry = clock.after(delayMs, again);
    if (code === 'NOT_A_MEMBER') options.onNotMember(entry.roomId);
  }

  return {
    add(roomId, { text, data, clientMessageId = newClientMessageId(clock, random) }) {
      for (const entry of entries) {
        const same = entry.roomId === roomId && entry.clientMessageId === clientMessageId;
        if (same) return entry.settled.promise;
      }
      if (entries.size >= maxCount) {
        const problem = `${maxCount} messages wait for their acknowledgement already.`;
        const error = new ChatClientError('OUTBOX_FULL', problem, true);
        onChange(roomId, { clientMessageId, state: 'failed', error });
        return toldAnyway(Promise.reject(error));
      }
      const content = { roomId, clientMessageId, text, ...(data === undefined ? {} : { data }) };
      let copy: typeof content;
      try {
        // What the caller changes later is not sent.
        copy = JSON.parse(JSON.stringify(content));
      } catch (cause) {
        const problem = `The data of message ${clientMessageId} is no JSON: ${cause}`;
        return Promise.reject(new ChatClientError('INVALID_FRAME', problem));
      }
      const entry = insert({ ...copy, state: 'queued', queuedAt: clock.now() });
      onChange(roomId, { clientMessageId, state: 'queued' });
      flush(roomId);
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
      for (const entry of entries) {
        const same = entry.roomId === roomId && entry.clientMessageId === message.clientMessageId;
        if (same && entry.attempts > 0) resolve(entry, { ...message, duplicate: false });
      }
    },
    fail(error, roomId) {
      for (const entry of [...entries]) {
        if (roomId === undefined || entry.roomId === roomId) reject(entry, error);
      }
    },
    items: (roomId) =>
      [...entries]
        .filter((entry) => roomId === undefined || entry.roomId === roomId)
        .map(({ clientMessageId, text, data, state, queuedAt, ...entry }) => ({
          roomId: entry.roomId,
          clientMessageId,
          text,
          ...(data === undefined ? {} : { data }),
          state,
          queuedAt,
        })),
  };
}

function newClientMessageId(clock: Clock, random: () => number): string {
  const part = () => Math.floor(random() * 2 ** 52).toString(36);
  return `${clock.now().toString(36)}-${part()}${part()}`;
}

/** Whoever does not await a send learns of its failure by the `outbox` event: that is no crash. */
function toldAnyway<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** `Promise.withResolvers` is younger than some browsers in use. */
function deferred<T>(): PromiseWithResolvers<T> {
  const parts = {} as PromiseWithResolvers<T>;
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
