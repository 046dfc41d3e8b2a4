import { SEAL_AFTER_MS } from './limits.ts';
import type { Room } from './room.ts';

/** What may be said of numbers that are missing from a room's log. */
export type GapVerdict =
  /** They may still be written: an answer ends before them. */
  | 'unsettled'
  /** They belong to nobody any more: a reader may put void entries there. */
  | 'abandoned'
  /** Retention has removed them: not a hole, and never sealed. */
  | 'trimmed';

export interface Gap {
  /** The highest of the missing numbers. */
  last: number;
  /** When the number after the gap was given out, or `room.headAt` at the end of the log. */
  followedAt: number;
  /**
   * The number before the gap is still kept. Entries expire in the order of their numbers, so
   * nothing after a kept one has been trimmed.
   */
  precededByKept: boolean;
}

/** Retention is at least a day, so a room younger than that has lost nothing to it. */
const RETENTION_MIN_MS = 24 * 60 * 60 * 1000;

/**
 * Judges a gap by evidence alone.
 *
 * Numbers at or below the floor are trimmed. Others are holes if the entry before them is still kept
 * or if the room is too young to have lost anything; a hole is abandoned once its successor is older
 * than any sender can live. Where neither is known, a young gap waits and an old one counts as
 * trimmed: a needless reset is harmless, a message sealed away in silence is not.
 */
export function judgeGap(gap: Gap, room: Room, now: number): GapVerdict {
  if (gap.last <= room.floor) return 'trimmed';
  if (now - gap.followedAt < SEAL_AFTER_MS) return 'unsettled';
  const nothingTrimmed = gap.precededByKept || now - room.createdAt < RETENTION_MIN_MS;
  return nothingTrimmed ? 'abandoned' : 'trimmed';
}
