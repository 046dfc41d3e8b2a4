import type { ClientFrame, HistoryReply, PresenceReply, Reply } from '../shared/protocol/frames.ts';
import type { Backoff } from './backoff.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { ChatClientError } from './errors.ts';
import type { Link, Outcome } from './link.ts';
import type { Enterable } from './membership.ts';
import type { Outbox } from './outbox.ts';
import { createRoomLog } from './room-log.ts';
import type { News } from './sequence.ts';
import type { Clock, Message, PageQuery, Room, RoomEvents, RoomState } from './types.ts';

/** A room from the inside; `room` is what the application gets. */
export interface RoomCore extends Enterable {
  readonly room: Room;
  readonly events: Emitter<RoomEvents>;
  push(news: News): void;
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
  backoff: Backoff;
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
  const { roomId, clock, backoff, outbox } = options;
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
    if (state === 'denied') outbox.fail(forbidden(), roomId);
    else if (state !== previous) outbox.flush(roomId);
    for (const look of [...waiters]) look();
  }

  function forbidden(): ChatClientError {
    return new ChatClientError('FORBIDDEN', `The token does not open room ${roomId}.`);
  }

  /** Why nothing can be asked of the room any more. */
  function ending(): ChatClientError | undefined {
    return ended ?? (state === 'denied' ? forbidden() : undefined);
  }

  /** Resolves when there is a value, or late with `otherwise`. Rejects when the room ends, or with TIMEOUT. */
  function until<T>(value: () => T | undefined, timeoutMs?: number, otherwise?: T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let cancel = () => {};
    const look = (late?: T | ChatClientError) => {
      const outcome = ending() ?? value() ?? late;
      if (outcome === undefined) return;
      waiters.delete(watch);
      cancel();
      if (outcome instanceof ChatClientError) reject(outcome);
      else resolve(outcome);
    };
    const watch = () => look();
    waiters.add(watch);
    if (timeoutMs !== undefined) {
      cancel = clock.after(timeoutMs, () =>
        look(otherwise ?? new ChatClientError('TIMEOUT', `Room ${roomId} is ${state}.`, true)),
      );
    }
    look();
    return promise;
  }

  async function ask<R extends Reply>(frame: ClientFrame): Promise<R> {
    const deadline = clock.now() + PATIENCE * options.requestTimeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      const link = await until(options.link, Math.max(0, deadline - clock.now()));
      const outcome = await new Promise<Outcome>((done) => link.request(frame, done));
      if (!(outcome instanceof ChatClientError)) return outcome as R;
      if (outcome.code === 'NOT_A_MEMBER') options.onNotMember();
      else if (!outcome.retryable || clock.now() >= deadline) throw outcome;
      await pause(backoff(attempt, outcome.retryAfterMs));
    }
  }

  /** The timer alone decides: those of a system fire up to a millisecond early. */
  const pause = (delayMs: number) => until<true>(() => undefined, delayMs, true);

  async function page({ before, after, limit = 50 }: PageQuery = {}): Promise<HistoryReply> {
    const position = await until(() => log.position);
    const end = before ?? position + 1;
    for (let attempt = 0; ; attempt += 1) {
      const range = after === undefined ? { before: end } : { after };
      const reply = await ask<HistoryReply>({ action: 'history', roomId, ...range, limit });
      // Just after joining, the last numbers may not be settled; they do not come as live messages.
      const due = after === undefined ? end - 1 : after + 1;
      const isWhole = (reply.messages.at(-1)?.seq ?? 0) >= due || due > (log.position ?? 0);
      if (isWhole || clock.now() >= log.settledAt) return reply;
      await pause(backoff(attempt));
    }
  }

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
    send(text, sendOptions) {
      const refusal = ending();
      return refusal === undefined
        ? outbox.add(roomId, { text, ...sendOptions })
        : Promise.reject(refusal);
    },
    page,
    async history(query) {
      const { messages, more } = await page(query);
      return {
        messages: messages.filter((entry): entry is Message => entry.kind !== 'void'),
        before: more ? messages[0]?.seq : undefined,
      };
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
      const error = new ChatClientError('LEFT', `Room ${roomId} was left.`);
      // While the room is known still: of a restored message only its event tells.
      outbox.fail(error, roomId);
      options.onLeave();
      end(error);
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
    entered: log.entered,
    denied: refresh,
    startAt: log.startAt,
    refresh,
    end,
  };
}
