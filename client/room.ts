import type { ClientFrame, HistoryReply, PresenceReply, Reply } from '../shared/protocol/frames.ts';
import { fullJitterMs } from './backoff.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { ChatClientError } from './errors.ts';
import type { Link } from './link.ts';
import type { Enterable } from './membership.ts';
import type { Outbox } from './outbox.ts';
import { createReader } from './reader.ts';
import { createRoomLog } from './room-log.ts';
import type { Clock, Message, Room, RoomEvents, RoomState } from './types.ts';

/** A room from the inside; `room` is what the application gets. */
export interface RoomCore extends Enterable {
  readonly room: Room;
  readonly events: Emitter<RoomEvents>;
  push(entries: HistoryReply['messages'], head: number): void;
  /** The stored position of an earlier run; one that is known already counts more. */
  startAt(position: number): void;
  /** The links, or where the room stands on them, have changed. */
  refresh(): void;
  /** The client is closed, until `end(undefined)`. */
  end(error: ChatClientError | undefined): void;
}

export interface RoomOptions {
  roomId: string;
  since: number | undefined;
  clock: Clock;
  random: () => number;
  backoff: { baseMs: number; maxMs: number };
  holdBackMs: number;
  requestTimeoutMs: number;
  outbox: Outbox;
  /** A link on which the room is entered. */
  link(): Link | undefined;
  /** Where the room stands without such a link. */
  standing(): 'offline' | 'joining' | 'denied';
  onNotMember(): void;
  onMessage(message: Message): void;
  onPosition(): void;
  onLeave(): void;
}

const TYPING_INTERVAL_MS = 3_000;
/** Calls that ask something go on through that many timeouts. */
const PATIENCE = 3;

export function createRoom(options: RoomOptions): RoomCore {
  const { roomId, clock, random, backoff, outbox } = options;
  const events = createEmitter<RoomEvents>();
  const waiters = new Set<() => void>();
  let state: RoomState = 'offline';
  let ended: ChatClientError | undefined;
  let left = false;
  let typedAt = Number.NEGATIVE_INFINITY;

  const log = createRoomLog({
    ...options,
    emit: events.emit,
    isEnded: () => ended !== undefined,
    onChange() {
      options.onPosition();
      refresh();
    },
  });

  function currentState(): RoomState {
    if (left) return 'left';
    if (options.link() === undefined) return options.standing();
    return log.isCatchingUp ? 'catching-up' : 'live';
  }

  function refresh(): void {
    const previous = state;
    state = currentState();
    if (options.link() === undefined || left) log.off();
    if (state !== previous) events.emit('state', { state, previous });
    if (state === 'denied') outbox.fail(forbidden(roomId), roomId);
    else if (state !== previous) outbox.flush(roomId);
    for (const look of [...waiters]) look();
  }

  /** Why nothing can be asked of the room any more. */
  function ending(): ChatClientError | undefined {
    return ended ?? (state === 'denied' ? forbidden(roomId) : undefined);
  }

  /** Resolves when there is a value, or late with `otherwise`. Rejects when the room ends, or with TIMEOUT. */
  function until<T>(value: () => T | undefined, timeoutMs?: number, otherwise?: T): Promise<T> {
    return new Promise((resolve, reject) => {
      let cancel: (() => void) | undefined;
      const look = (isLate = false) => {
        const found = value() ?? (isLate ? otherwise : undefined);
        const end = ending();
        if (end !== undefined) reject(end);
        else if (found !== undefined) resolve(found);
        else if (isLate)
          reject(new ChatClientError('TIMEOUT', `Room ${roomId} is ${state}.`, true));
        else return;
        waiters.delete(watch);
        cancel?.();
      };
      const watch = () => look();
      waiters.add(watch);
      if (timeoutMs !== undefined) cancel = clock.after(timeoutMs, () => look(true));
      look();
    });
  }

  async function ask<R extends Reply>(frame: ClientFrame): Promise<R> {
    const deadline = clock.now() + PATIENCE * options.requestTimeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      const link = await until(options.link, Math.max(0, deadline - clock.now()));
      const outcome = await new Promise<Reply | ChatClientError>((done) =>
        link.request(frame, done),
      );
      if (!(outcome instanceof ChatClientError)) return outcome as R;
      if (outcome.code === 'NOT_A_MEMBER') options.onNotMember();
      else if (!outcome.retryable || clock.now() >= deadline) throw outcome;
      await pause(outcome.retryAfterMs ?? fullJitterMs(attempt, backoff, random));
    }
  }

  function pause(delayMs: number): Promise<true> {
    // The timer alone decides: those of a system fire up to a millisecond early.
    return until<true>(() => undefined, delayMs, true);
  }

  function page(query: { before?: number; after?: number; limit?: number }): Promise<HistoryReply> {
    return ask({ action: 'history', roomId, ...query });
  }

  const placed = async () => void (await until(() => log.position));

  const room: Room = {
    roomId,
    get state() {
      return state;
    },
    get position() {
      return log.position;
    },
    get outbox() {
      return outbox.items(roomId);
    },
    send(text, sendOptions = {}) {
      const refusal = ending();
      return refusal === undefined
        ? outbox.add(roomId, { text, ...sendOptions })
        : Promise.reject(refusal);
    },
    async history({ before, limit = 50 } = {}) {
      await placed();
      const end = before ?? (log.position ?? 0) + 1;
      for (let attempt = 0; ; attempt += 1) {
        const { messages, more } = await page({ before: end, limit });
        // Just after joining, the last numbers may not be settled; they do not come as live messages.
        const isWhole = (messages.at(-1)?.seq ?? 0) >= end - 1;
        if (isWhole || end > (log.position ?? 0) + 1 || clock.now() >= log.settledAt) {
          return {
            messages: messages.filter((entry): entry is Message => entry.kind !== 'void'),
            before: more ? messages[0]?.seq : undefined,
          };
        }
        await pause(fullJitterMs(attempt, backoff, random));
      }
    },
    read(readOptions = {}) {
      const readable = {
        get position() {
          return log.position;
        },
        on: events.on,
        placed,
        page: async (query: Parameters<typeof page>[0]) => (await page(query)).messages,
        onEnd(listener: (error: ChatClientError) => void) {
          const look = () => {
            const error = ending();
            if (error !== undefined) listener(error);
          };
          waiters.add(look);
          return () => void waiters.delete(look);
        },
      };
      return createReader(readable, readOptions, options);
    },
    async presence() {
      const { count, users } = await ask<PresenceReply>({ action: 'presence', roomId });
      return { count, users };
    },
    typing() {
      if (clock.now() - typedAt < TYPING_INTERVAL_MS) return;
      typedAt = clock.now();
      options.link()?.tell({ action: 'typing', roomId });
    },
    ready: async () => void (await until(() => state === 'live' || undefined)),
    leave() {
      if (left) return;
      left = true;
      options.onLeave();
      end(new ChatClientError('LEFT', `Room ${roomId} was left.`));
    },
    on: events.on,
  };

  function end(error: ChatClientError | undefined): void {
    // What was left stays left.
    if (left && ended !== undefined) return;
    ended = error;
    if (error !== undefined) outbox.fail(error, roomId);
    refresh();
  }

  return {
    roomId,
    room,
    events,
    get position() {
      return log.position;
    },
    push: log.push,
    entered: (_link, answer) => log.entered(answer),
    denied: refresh,
    startAt: log.startAt,
    refresh,
    end,
  };
}

function forbidden(roomId: string): ChatClientError {
  return new ChatClientError('FORBIDDEN', `The token does not open room ${roomId}.`);
}
