import { isFlushed } from '../../../shared/domain/pacing.ts';
import type { Clock, Pacings, RoomJobQueue, Rooms } from '../../../shared/domain/ports.ts';
import type { FlushMark, Room, RoomPacing } from '../../../shared/domain/room.ts';
import { callEarlier, NEVER_PACED } from '../../../shared/domain/schedule-flush.ts';
import type { BegunFlush } from './begin-flush.ts';

export interface RecordFlushDependencies {
  rooms: Pick<Rooms, 'read'>;
  pacings: Pacings;
  jobs: RoomJobQueue;
  newJobId: () => string;
  clock: Clock;
}

/** What a flush has done. */
export interface DoneFlush extends Pick<RoomPacing, 'freeAt' | 'members' | 'perFrame'> {
  /** Up to there all is settled and enqueued; below the start when nothing was. */
  through: number;
  /** The flush that takes what this one has left. */
  mark?: FlushMark;
}

/** @returns whether it could be written */
export type RecordFlush = (begun: BegunFlush, done: DoneFlush) => Promise<boolean>;

/** Writes of others that a record gives way to. */
const ATTEMPTS = 5;

/** Writes down how far a flush came, and what it took instead of what was expected. */
export function createRecordFlush(dependencies: RecordFlushDependencies): RecordFlush {
  const { rooms, pacings } = dependencies;

  /** As long as no flush has begun since, a mark has a job that is still to begin. */
  async function keepMark(
    room: Room,
    freeAt: number,
    own: FlushMark | undefined,
  ): Promise<FlushMark | undefined> {
    const pending = room.pacing?.pending;
    if (pending === undefined) return own;
    // Late is better than not written down.
    return callEarlier(room, pending, freeAt, dependencies).catch(() => pending);
  }

  return async ({ job, start, expectedFreeAt, ...begun }, { through, mark, ...done }) => {
    let { room } = begun;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (attempt > 0) room = await rooms.read(job.roomId);
      const { version: _, ...current } = room.pacing ?? { version: 0, ...NEVER_PACED };
      // Whoever has only scheduled since has built upon what was expected; a flush that has begun
      // since has an expectation of its own.
      const isLatest = current.begun?.id === job.id;
      // Of a write whose answer was lost, nothing is taken back twice.
      const isWritten = isFlushed(room.pacing, start);
      const freeAt =
        isLatest && !isWritten
          ? current.freeAt + done.freeAt - expectedFreeAt
          : Math.max(current.freeAt, done.freeAt);
      const pending = isLatest ? await keepMark(room, freeAt, mark) : current.pending;
      const flushed = extend(current.flushed, { from: start, through });
      const perFrame = done.perFrame ?? current.perFrame;
      const next = {
        freeAt,
        members: done.members || current.members,
        ...(perFrame !== undefined && { perFrame }),
        ...(current.begun !== undefined && { begun: current.begun }),
        ...(pending !== undefined && { pending }),
        ...(flushed !== undefined && { flushed }),
      };
      if ((await pacings.save(job.roomId, next, room.pacing)) !== undefined) return true;
    }
    return false;
  };
}

type Run = NonNullable<RoomPacing['flushed']>;

/** One run: what this flush has accounted for, and what adjoins it. Never less than there was. */
function extend(flushed: Run | undefined, done: Run): Run | undefined {
  if (done.through < done.from) return flushed;
  if (flushed === undefined) return done;
  if (flushed.through >= done.through) return flushed;
  const from = done.from <= flushed.through + 1 ? Math.min(flushed.from, done.from) : done.from;
  return { from, through: done.through };
}
