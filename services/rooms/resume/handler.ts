import pLimit from 'p-limit';
import { mayEnter } from '../../../shared/domain/identity.ts';
import { joinRoom } from '../../../shared/domain/join-room.ts';
import { ANSWER_ENTRIES_MAX_BYTES } from '../../../shared/domain/limits.ts';
import type { LogReader } from '../../../shared/domain/log-reader.ts';
import type { Clock, Memberships, Rooms } from '../../../shared/domain/ports.ts';
import type { Room } from '../../../shared/domain/room.ts';
import { type AnswerBudget, catchUp } from '../../../shared/lambda/catch-up.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { RouteMetrics } from '../../../shared/lambda/metrics.ts';
import { createSocketRoute, type SocketHandler } from '../../../shared/lambda/socket-route.ts';
import type { ResumedRoom } from '../../../shared/protocol/frames.ts';
import { resumeSchema } from '../../../shared/protocol/schemas.ts';

export interface ResumeDependencies {
  rooms: Pick<Rooms, 'readMany'>;
  memberships: Pick<Memberships, 'join'>;
  reader: LogReader;
  clock: Clock;
  log: Log;
  metrics: RouteMetrics;
}

/** Rooms of one frame that are worked on at once. */
const ROOM_CONCURRENCY = 10;

const DENIED: ResumedRoom = { status: 'denied', messages: [], head: 0 };

/**
 * `resume` → the connection is a member of every room named that it has the right to, and gets the
 * first page of what it missed in each. All rooms share one answer: a room that finds it full says `more`.
 */
export function createResumeHandler(dependencies: ResumeDependencies): SocketHandler {
  const { rooms, memberships, reader, clock, log, metrics } = dependencies;

  return createSocketRoute(resumeSchema, { log, metrics }, async (frame, context) => {
    const limit = pLimit(ROOM_CONCURRENCY);
    const named = Object.keys(frame.rooms);
    const allowed = named.filter((roomId) => mayEnter(context.identity, roomId));
    const before = await rooms.readMany(allowed);
    await limit.map(before.values(), (room) => joinRoom({ memberships, clock }, context, room));
    // The heads after the memberships: what is pushed and what is read overlap rather than gap.
    const after = await rooms.readMany(allowed);

    const budget = { leftBytes: ANSWER_ENTRIES_MAX_BYTES };
    const resumed = await limit.map(named, async (roomId): Promise<[string, ResumedRoom]> => {
      const room = after.get(roomId);
      if (room === undefined) return [roomId, DENIED];
      return [roomId, await resumeRoom(room, frame.rooms[roomId] ?? 0, budget)];
    });
    return { type: 'resumed', rooms: Object.fromEntries(resumed) };
  });

  async function resumeRoom(room: Room, since: number, budget: AnswerBudget): Promise<ResumedRoom> {
    const { messages, more, reset } = await catchUp(reader, room, since, budget);
    return { status: reset ? 'reset' : more ? 'more' : 'ok', messages, head: room.head };
  }
}
