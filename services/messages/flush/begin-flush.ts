import { unavailable } from '../../../shared/domain/errors.ts';
import {
  isFlushed,
  isOverdue,
  isReadByAnother,
  type PacingLimits,
  usedUntil,
} from '../../../shared/domain/pacing.ts';
import type { Clock, FlushJob, Pacings, Rooms } from '../../../shared/domain/ports.ts';
import type { Room, RoomPacing } from '../../../shared/domain/room.ts';
import { NEVER_PACED } from '../../../shared/domain/schedule-flush.ts';

export interface BeginFlushDependencies {
  rooms: Pick<Rooms, 'read'>;
  pacings: Pacings;
  clock: Clock;
  limits: PacingLimits;
}

/** What a flush begins with: everything that was left to it is stored by now. */
export interface BegunFlush {
  job: FlushJob;
  room: Room;
  /** The first number that no flush has accounted for. */
  start: number;
  /** When the room's posts had used up its share before this flush. */
  freeAt: number;
  /** What others are told until it is known what the flush took. */
  expectedFreeAt: number;
  at: number;
}

/** @returns undefined when another flush reads, or has read, all that was left to this one */
export type BeginFlush = (job: FlushJob) => Promise<BegunFlush | undefined>;

/** Writes of others that a beginning gives way to. */
const ATTEMPTS = 5;

/**
 * Takes the marks of all flushes off that this one makes needless. Their jobs find out: by its
 * beginning, which is written in their place.
 */
export function createBeginFlush(dependencies: BeginFlushDependencies): BeginFlush {
  const { rooms, pacings, clock, limits } = dependencies;

  return async (job) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { head, pacing } = await rooms.read(job.roomId);
      const at = clock.now();
      const { version, pending, ...current } = pacing ?? { version: 0, ...NEVER_PACED };
      const other = pending?.id === job.id ? undefined : pending;
      const isLost = other !== undefined && isOverdue(other, at);
      const from = isLost ? Math.min(job.from, other.from) : job.from;
      const start = firstUnflushed(pacing, from);
      // Nothing is written: a mark of this one that is still on its way is void since the other began.
      const isMarked = pending?.id === job.id;
      if (!isMarked && !isLost && isReadByAnother({ ...job, from: start }, pacing, at)) return;

      if (other !== undefined && !isLost && other.from <= start) {
        // Written as it stands, for the mark of this one that may still be on its way.
        const kept = { ...current, pending: other };
        if ((await pacings.save(job.roomId, kept, pacing)) !== undefined) return undefined;
        continue;
      }
      // Until this is corrected by what it really took: meanwhile nobody should fan out beside it, and
      // no sender be told to send what would wait for the flush after it.
      const { freeAt } = current;
      const posts = estimatePosts(current, head - start + 1);
      const expectedFreeAt = usedUntil(freeAt, posts, at, limits);
      const begun = { id: job.id, from: start, at, version: version + 1 };
      const next = { ...current, begun, freeAt: expectedFreeAt };
      const room = await pacings.save(job.roomId, next, pacing);
      if (room !== undefined) return { job, room, start, freeAt, expectedFreeAt, at };
    }
    throw unavailable(`Room ${job.roomId} is written too often to be flushed.`);
  };
}

/** What so many entries will take, going by the flush before. */
function estimatePosts(
  { members, perFrame }: Pick<RoomPacing, 'members' | 'perFrame'>,
  entries: number,
): number {
  if (entries <= 0) return 0;
  return members * (perFrame === undefined ? 1 : Math.ceil(entries / perFrame));
}

function firstUnflushed(pacing: RoomPacing | undefined, from: number): number {
  return isFlushed(pacing, from) ? (pacing?.flushed?.through ?? 0) + 1 : from;
}
