import type { PingRequest } from '../shared/protocol/frames.ts';
import type { Backoff } from './backoff.ts';
import { ChatClientError } from './errors.ts';
import type { Link, Outcome } from './link.ts';
import type { Page } from './sequence.ts';

/** What membership needs of a room. */
export interface Enterable {
  readonly roomId: string;
  readonly position: number | undefined;
  entered(page: Page): void;
  /** Where the room stands on the links has changed. */
  refresh(): void;
}

export interface Membership {
  /** Enters every room that the link is not a member of yet; calls `onReady` when none is left. */
  enter(link: Link): void;
  leave(link: Link, roomId: string): void;
  /** The server says that the link is no member, or no longer. */
  lost(link: Link, roomId: string): void;
  pings(link: Link): PingRequest[];
}

export interface MembershipOptions {
  rooms: ReadonlyMap<string, Enterable>;
  backoff: Backoff;
  onReady(link: Link): void;
}

/** The protocol's limit for one `resume` or `ping`. */
const ROOMS_PER_FRAME = 50;

export function createMembership({ rooms, backoff, onReady }: MembershipOptions): Membership {
  function enter(link: Link): void {
    if (!link.isOpen) return;
    const missing = [...rooms.values()].filter(({ roomId }) => !link.rooms.has(roomId));
    for (const room of missing) {
      const { roomId, position } = room;
      link.rooms.set(roomId, 'entering');
      if (position === undefined) {
        link.request({ action: 'join', roomId }, (outcome) => settle(link, [room], {}, outcome));
      }
    }
    for (const asked of inChunks(missing)) {
      const positions = positionsOf(asked);
      link.request({ action: 'resume', rooms: positions }, (outcome) =>
        settle(link, asked, positions, outcome),
      );
    }
    if ([...rooms.keys()].every((id) => /entered|denied/.test(link.rooms.get(id) ?? ''))) {
      onReady(link);
    }
  }

  function settle(
    link: Link,
    asked: readonly Enterable[],
    positions: Record<string, number>,
    outcome: Outcome,
  ): void {
    let failure: ChatClientError | undefined;
    for (const room of asked) {
      const { roomId } = room;
      const page = toPage(roomId, positions[roomId], outcome);
      // Left in the meantime, and perhaps opened anew: that one enters after the `left`.
      if (rooms.get(roomId) !== room) leaveNow(link, roomId);
      else if (page instanceof ChatClientError) {
        failure = page;
        link.rooms.delete(roomId);
      } else if (page.status === 'denied') {
        link.rooms.set(roomId, 'denied');
        room.refresh();
      } else {
        link.rooms.set(roomId, 'entered');
        room.entered(page);
      }
    }
    if (failure === undefined) {
      link.failures = 0;
      enter(link);
    } else {
      link.after(backoff(link.failures, failure.retryAfterMs), () => enter(link));
      link.failures += 1;
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
      const standing = link.rooms.get(roomId);
      if (standing === 'entered') leaveNow(link, roomId);
      else if (standing === 'denied') link.rooms.delete(roomId);
    },
    lost(link, roomId) {
      if (link.rooms.get(roomId) !== 'entered') return;
      link.rooms.delete(roomId);
      enter(link);
    },
    pings(link) {
      const entered = [...rooms.values()].filter(
        ({ roomId }) => link.rooms.get(roomId) === 'entered',
      );
      const chunks = inChunks(entered);
      return chunks.length > 0
        ? chunks.map((chunk) => ({ action: 'ping', rooms: positionsOf(chunk) }))
        : [{ action: 'ping' }];
    },
  };
}

/** Those whose position is known. */
function inChunks(rooms: readonly Enterable[]): Enterable[][] {
  const placed = rooms.filter(({ position }) => position !== undefined);
  const chunks: Enterable[][] = [];
  while (placed.length > 0) chunks.push(placed.splice(0, ROOMS_PER_FRAME));
  return chunks;
}

function positionsOf(rooms: readonly Enterable[]): Record<string, number> {
  return Object.fromEntries(rooms.map(({ roomId, position }) => [roomId, position ?? 0]));
}

/** What an answer says of one room. */
function toPage(
  roomId: string,
  after: number | undefined,
  outcome: Outcome,
): Page | ChatClientError {
  const page: Page = { after, messages: [], head: 0, status: 'denied' };
  if (outcome instanceof ChatClientError) return outcome.code === 'FORBIDDEN' ? page : outcome;
  if (outcome.type === 'joined') return { ...page, head: outcome.head, status: 'ok' };
  const resumed = outcome.type === 'resumed' && outcome.rooms[roomId];
  return resumed
    ? { after, ...resumed }
    : new ChatClientError('INTERNAL', `No answer for room ${roomId}.`, true);
}
