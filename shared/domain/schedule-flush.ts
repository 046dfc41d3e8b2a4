import type { Clock, FlushJob, Pacings, RoomJobQueue } from './ports.ts';
import type { FlushMark, Room, RoomPacing } from './room.ts';

export const NEVER_PACED: Omit<RoomPacing, 'version'> = { freeAt: 0, members: 0 };

/** Enqueues a flush so that it is received no later than it is due; it waits out the rest itself. */
export async function enqueueFlush(
  roomId: string,
  mark: FlushMark,
  { jobs, clock }: { jobs: RoomJobQueue; clock: Clock },
): Promise<void> {
  const job: FlushJob = { kind: 'flush', roomId, ...mark };
  await jobs.send(job, Math.max(0, Math.floor((mark.dueAt - clock.now()) / 1_000)));
}

/**
 * Schedules a flush: its job first, then the mark on the room that spares others a job of their own.
 *
 * In that order, and with the mark conditional on what was read before, a mark always has a job that
 * is still to begin: a flush that begins writes the room, and so makes a mark of its own that is still
 * on its way void. The mark is a saving, not a safeguard: without it, others schedule once more.
 */
export async function scheduleFlush(
  { roomId, pacing }: Room,
  mark: FlushMark,
  known: Pick<RoomPacing, 'freeAt' | 'members'>,
  dependencies: { jobs: RoomJobQueue; pacings: Pacings; clock: Clock },
): Promise<void> {
  await enqueueFlush(roomId, mark, dependencies);
  const { version: _, ...current } = pacing ?? { version: 0, ...NEVER_PACED };
  const freeAt = Math.max(current.freeAt, known.freeAt);
  const members = known.members || current.members;
  const next = { ...current, freeAt, members, pending: mark };
  await dependencies.pacings.save(roomId, next, pacing).catch(() => undefined);
}
