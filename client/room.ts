import type { Backoff } from './backoff.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { ChatClientError } from './errors.ts';
import type { Link } from './link.ts';
import type { Enterable } from './membership.ts';
import type { Outbox } from './outbox.ts';
import type { InnerRoomEvents } from './room-inside.ts';
import { createRoomLog } from './room-log.ts';
import type { News } from './sequence.ts';
import type { Clock, Room, RoomState } from './types.ts';

/** A room from the inside; `room` is what the application gets. */
export interface RoomCore extends Enterable {
  readonly room: Room;
  readonly events: Emitter<InnerRoomEvents>;
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
  onLeave(): void;
}

export function createRoom(options: RoomOptions): RoomCore {
  const { roomId, outbox } = options;
  const events = createEmitter<InnerRoomEvents>();
  let state: RoomState = 'offline';
  let ended: ChatClientError | undefined;
  let left = false;

  const log = createRoomLog({
    ...options,
    events,
    isEnded: () => ended !== undefined,
    onChange: refresh,
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
    events.emit('change', undefined);
  }

  function forbidden(): ChatClientError {
    return new ChatClientError('FORBIDDEN', `The token does not open room ${roomId}.`);
  }

  /** Why nothing can be asked of the room any more. */
  function ending(): ChatClientError | undefined {
    return ended ?? (state === 'denied' ? forbidden() : undefined);
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
    inside: { ...options, log, events, ending },
  };

  function end(error: ChatClientError | undefined): void {
    // What was left stays left.
    if (left && ended !== undefined) return;
    ended = error;
    if (error !== undefined) outbox.fail(error, roomId);
    refresh();
  }

  return Object.assign(log, { roomId, room, events, refresh, end });
}
