import type { ClientFrame } from '../shared/protocol/frames.ts';
import { fullJitterMs } from './backoff.ts';
import { ChatClientError } from './errors.ts';
import type { Link, Outcome } from './link.ts';
import type { Page } from './sequence.ts';

/** What membership needs of a room. */
export interface Enterable {
  readonly roomId: string;
  readonly position: number | undefined;
  entered(link: Link, page: Page): void;
  denied(link: Link): void;
}

export interface Membership {
  /** Enters every room that the link is not a member of yet; calls `onReady` when none is left. */
  enter(link: Link): void;
  leave(link: Link, roomId: string): void;
  /** The server says that the link is no member, or no longer. */
  lost(link: Link, roomId: string): void;
  pings(link: Link): ClientFrame[];
}

export interface MembershipOptions {
  rooms: ReadonlyMap<string, Enterable>;
  random: () => number;
  backoff: { baseMs: number; maxMs: number };
  onReady(link: Link): void;
}

/** The protocol's limit for one `resume` or `ping`. */
const ROOMS_PER_FRAME = 50;

export function createMembership({
  rooms,
  random,
  backoff,
  onReady,
}: MembershipOptions): Membership {
  const failures = new WeakMap<Link, number>();

  function enter(link: Link): void {
    if (!link.isOpen) return;
    const missing = [...rooms.values()].filter(({ roomId }) => !link.rooms.has(roomId));
    for (const { roomId } of missing) link.rooms.set(roomId, 'entering');
    for (const room of missing.filter(({ position }) => position === undefined)) {
      const { roomId } = room;
      link.request({ action: 'join', roomId }, (outcome) => settle(link, [{ room }], outcome));
    }
    for (const asked of inChunks(missing)) {
      const frame = { action: 'resume', rooms: positionsOf(asked) } as const;
      link.request(frame, (outcome) => settle(link, asked, outcome));
    }
    if ([...rooms.keys()].every((id) => /^(entered|denied)$/.test(link.rooms.get(id) ?? ''))) {
      onReady(link);
    }
  }

  function settle(link: Link, asked: readonly Asked[], outcome: Outcome): void {
    let failure: ChatClientError | undefined;
    for (const { room, after } of asked) {
      const page = toPage(room.roomId, after, outcome);
      // Left in the meantime, and perhaps opened anew: that one enters after the `left`.
      if (rooms.get(room.roomId) !== room) leaveNow(link, room.roomId);
      else if (page instanceof ChatClientError) {
        failure = page;
        link.rooms.delete(room.roomId);
      } else if (page === 'denied') {
        link.rooms.set(room.roomId, 'denied');
        room.denied(link);
      } else {
        link.rooms.set(room.roomId, 'entered');
        room.entered(link, page);
      }
    }
    if (failure === undefined) {
      failures.delete(link);
      enter(link);
    } else {
      const count = failures.get(link) ?? 0;
      failures.set(link, count + 1);
      const delayMs = failure.retryAfterMs ?? fullJitterMs(count, backoff, random);
      link.after(delayMs, () => enter(link));
    }
  }

  /** Join and leave run side by side on the server: a room is entered again after the answer only. */
  function leaveNow(link: Link, roomId: string): void {
    link.rooms.set(roomId, 'leaving');
    link.request({ action: 'leave', roomId }, () => {
      link.rooms.delete(roomId);
      enter(link);
    });
  }

  return {
    enter,
    leave(link, roomId) {
      if (link.rooms.get(roomId) === 'entered') leaveNow(link, roomId);
      else if (link.rooms.get(roomId) === 'denied') link.rooms.delete(roomId);
    },
    lost(link, roomId) {
      if (link.rooms.get(roomId) !== 'entered') return;
      link.rooms.delete(roomId);
      enter(link);
    },
    pings(link) {
      const entered = [...rooms.values()].filter(
        (room) => link.rooms.get(room.roomId) === 'entered',
      );
      const frames = inChunks(entered).map(
        (asked): ClientFrame => ({ action: 'ping', rooms: positionsOf(asked) }),
      );
      return frames.length > 0 ? frames : [{ action: 'ping' }];
    },
  };
}

interface Asked {
  room: Enterable;
  /** The position when asked; undefined for a first join. */
  after?: number;
}

function inChunks(rooms: readonly Enterable[]): Asked[][] {
  const chunks: Asked[][] = [];
  for (const room of rooms) {
    if (room.position === undefined) continue;
    if ((chunks.at(-1)?.length ?? ROOMS_PER_FRAME) === ROOMS_PER_FRAME) chunks.push([]);
    chunks.at(-1)?.push({ room, after: room.position });
  }
  return chunks;
}

function positionsOf(asked: readonly Asked[]): Record<string, number> {
  return Object.fromEntries(asked.map(({ room, after }) => [room.roomId, after ?? 0]));
}

function toPage(
  roomId: string,
  after: number | undefined,
  outcome: Outcome,
): Page | ChatClientError | 'denied' {
  if (outcome instanceof ChatClientError) return outcome.code === 'FORBIDDEN' ? 'denied' : outcome;
  if (outcome.type === 'joined') {
    return { after, entries: [], head: outcome.head, more: false, reset: false };
  }
  const resumed = outcome.type === 'resumed' ? outcome.rooms[roomId] : undefined;
  if (resumed === undefined) {
    return new ChatClientError('INTERNAL', `The answer does not name room ${roomId}.`, true);
  }
  const { status, messages: entries, head } = resumed;
  if (status === 'denied') return 'denied';
  return { after, entries, head, more: status === 'more', reset: status === 'reset' };
}
