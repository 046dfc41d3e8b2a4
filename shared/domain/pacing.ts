import type { LogEntry } from './message.ts';
import type { FlushJob } from './ports.ts';
import type { FlushMark, Room, RoomPacing } from './room.ts';

/** How much of what a stack may post one room may have, and how long its messages may wait for that. */
export interface PacingLimits {
  /** The room's share of `postsPerSecond`. */
  roomPostsPerSecond: number;
  /** The longest that a message waits for its flush; for more than that, senders are told to wait. */
  windowMaxMs: number;
}

/** What a room may post at once after a quiet moment, in milliseconds of its share. */
export const ROOM_BURST_MS = 500;

/**
 * A flush that is so late counts as lost, and another one is scheduled in its place. If it was late
 * only, both of them flush: members get some frames twice.
 */
export const FLUSH_LEASE_MS = 5_000;

/** What becomes of entries that the stream has brought. */
export interface Verdict {
  /** To be fanned out now. */
  direct: LogEntry[];
  /** Fanned out by a flush already: their records came after it. */
  flushed: LogEntry[];
  /** To be found in the log by a flush. */
  left: LogEntry[];
  /** That flush has to be scheduled first; absent, it is pending. */
  schedule?: Pick<FlushMark, 'from' | 'dueAt'>;
}

/**
 * The pacing decision. A room is fanned out at once as long as its posts keep to its share, and is
 * flushed when they do again otherwise.
 *
 * @param entries of that room
 * @param freeAt when the room's posts have used up their share, as far as the environment knows
 */
export function judgeEntries(
  room: Room,
  entries: readonly LogEntry[],
  freeAt: number,
  now: number,
): Verdict {
  const { pacing } = room;
  const flushed = entries.filter(({ seq }) => isFlushed(pacing, seq));
  const fresh = entries.filter(({ seq }) => !isFlushed(pacing, seq));
  const nothing = { direct: [], flushed, left: [] };
  if (fresh.length === 0) return nothing;

  const pending = pacing?.pending;
  const lowest = Math.min(...fresh.map(({ seq }) => seq));
  const dueAt = Math.max(now, nextPostAt(Math.max(freeAt, pacing?.freeAt ?? 0)));
  if (pending !== undefined && isOverdue(pending, now)) {
    // Whatever was left to the lost flush is left to this one.
    const from = Math.min(pending.from, lowest);
    return { ...nothing, left: fresh, schedule: { from, dueAt } };
  }
  if (pending !== undefined) {
    const isLeft = ({ seq }: LogEntry) => seq >= pending.from;
    // What is lower came late, through a hole that the flush begins behind.
    return { direct: fresh.filter((e) => !isLeft(e)), flushed, left: fresh.filter(isLeft) };
  }
  if (dueAt <= now) return { ...nothing, direct: fresh };
  return { ...nothing, left: fresh, schedule: { from: lowest, dueAt } };
}

/** Whether a flush has accounted for that number, and enqueued what stands there. */
export function isFlushed(pacing: RoomPacing | undefined, seq: number): boolean {
  const run = pacing?.flushed;
  return run !== undefined && seq >= run.from && seq <= run.through;
}

/**
 * Whether another flush reads, or has read, all that was left to one that has no mark on the room. It
 * has when it began after that was stored, and no higher. What it has not accounted for in time may
 * be lost with it.
 *
 * @param job from the first number that no flush has accounted for
 */
export function isReadByAnother(
  job: Pick<FlushJob, 'id' | 'from' | 'seen'>,
  pacing: RoomPacing | undefined,
  now: number,
): boolean {
  const begun = pacing?.begun;
  if (begun === undefined || begun.id === job.id || job.seen === undefined) return false;
  if (begun.version <= job.seen || begun.from > job.from) return false;
  return isFlushed(pacing, begun.from) || now <= begun.at + FLUSH_LEASE_MS;
}

export const isOverdue = ({ dueAt }: FlushMark, now: number) => now > dueAt + FLUSH_LEASE_MS;

/** When posts of a room have used up their share: each takes its part of a second, one after another. */
export function usedUntil(
  freeAt: number,
  posts: number,
  now: number,
  { roomPostsPerSecond }: PacingLimits,
): number {
  return Math.max(freeAt, now) + (posts / roomPostsPerSecond) * 1_000;
}

/** When a room whose share is used up until then may post again. */
export const nextPostAt = (freeAt: number) => Math.ceil(freeAt - ROOM_BURST_MS);

/** Until when the room's senders have to wait, so that what is accepted waits for no more than the window. */
export const refusedUntil = (freeAt: number, { windowMaxMs }: Pick<PacingLimits, 'windowMaxMs'>) =>
  nextPostAt(freeAt) - windowMaxMs;
