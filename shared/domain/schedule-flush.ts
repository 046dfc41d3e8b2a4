import { nextPostAt } from './pacing.ts';
import type { Clock, FlushJob, Pacings, RoomJobQueue, Rooms } from './ports.ts';
import type { FlushMark, Room, RoomPacing } from './room.ts';

export const NEVER_PACED: Omit<RoomPacing, 'version'> = { freeAt: 0, members: 0 };

interface EnqueueFlushDependencies {
  jobs: RoomJobQueue;
  clock: Clock;
}

/**
 * Enqueues a flush so that it is received no later than it is due; it waits out the rest itself.
 *
 * @param pacing as it was read when all that is left to the flush had been stored
 */
export async function enqueueFlush(
  { roomId, pacing }: Pick<Room, 'roomId' | 'pacing'>,
  mark: FlushMark,
  { jobs, clock }: EnqueueFlushDependencies,
): Promise<void> {
  const job: FlushJob = { kind: 'flush', roomId, ...mark, seen: pacing?.version ?? 0 };
  await jobs.send(job, Math.max(0, Math.floor((mark.dueAt - clock.now()) / 1_000)));
}

/** For less, a flush is not called earlier. */
const EARLIER_MIN_MS = 100;

/**
 * A flush that was scheduled by what another one was expected to take may be due long after the room
 * is free. Its job cannot be called back: another one is enqueued to take its mark, and the first
 * finds that out.
 *
 * @returns the mark of the one that is due when the room may post again
 */
export async function callEarlier(
  room: Pick<Room, 'roomId' | 'pacing'>,
  mark: FlushMark,
  freeAt: number,
  dependencies: EnqueueFlushDependencies & { newJobId: () => string },
): Promise<FlushMark> {
  const dueAt = Math.max(dependencies.clock.now(), nextPostAt(freeAt));
  if (mark.dueAt - dueAt < EARLIER_MIN_MS) return mark;
  const earlier = { id: dependencies.newJobId(), from: mark.from, dueAt };
  await enqueueFlush(room, earlier, dependencies);
  return earlier;
}

interface ScheduleFlushDependencies extends EnqueueFlushDependencies {
  rooms: Pick<Rooms, 'readMany'>;
  pacings: Pacings;
  newJobId: () => string;
}

/** Writes of others that a mark gives way to. */
const ATTEMPTS = 3;

/**
 * Schedules a flush: its job first, then the mark on the room that spares others a job of their own.
 *
 * In that order, and with the mark conditional on what was read before, a mark always has a job that
 * is still to begin: a flush that begins writes the room, and so makes a mark of its own that is still
 * on its way void. Others that write do not; the mark is written after them. It is a saving, not a
 * safeguard: without it, others schedule once more, and whichever flush begins first does the work of
 * all.
 */
export async function scheduleFlush(
  room: Room,
  due: Omit<FlushMark, 'id'>,
  known: Pick<RoomPacing, 'freeAt' | 'members'>,
  dependencies: ScheduleFlushDependencies,
): Promise<void> {
  const mark = { id: dependencies.newJobId(), ...due };
  await enqueueFlush(room, mark, dependencies);
  await putMark(room, mark, known, dependencies).catch(() => undefined);
}

async function putMark(
  seen: Room,
  mark: FlushMark,
  known: Pick<RoomPacing, 'freeAt' | 'members'>,
  dependencies: ScheduleFlushDependencies,
): Promise<void> {
  const { rooms, pacings } = dependencies;
  const { roomId } = seen;
  let room = seen;
  let pending = mark;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { version: _, ...current } = room.pacing ?? { version: 0, ...NEVER_PACED };
    const freeAt = Math.max(current.freeAt, known.freeAt);
    const members = known.members || current.members;
    if (attempt > 0) pending = await callEarlier(room, pending, freeAt, dependencies);
    const next = { ...current, freeAt, members, pending };
    if ((await pacings.save(roomId, next, room.pacing)) !== undefined) return;

    room = (await rooms.readMany([roomId])).get(roomId) ?? room;
    const hasBegun = room.pacing?.begun?.version !== seen.pacing?.begun?.version;
    // A flush that began may have been this very one, or have read all that is left to it.
    if (hasBegun || room.pacing?.pending !== undefined) return;
  }
}
