import { PAGE_MAX_MESSAGES } from '../domain/limits.ts';
import type { LogReader } from '../domain/log-reader.ts';
import type { Room } from '../domain/room.ts';
import type { WireEntry } from '../protocol/frames.ts';
import { fitEntries } from '../protocol/wire-entry.ts';

/** What is left of one answer, for all the rooms that share it. */
export interface AnswerBudget {
  leftBytes: number;
}

export interface CatchUp {
  messages: WireEntry[];
  more: boolean;
  /** What the reader missed is gone, in part or in whole: it has to reload from history. */
  reset: boolean;
}

/** The first page of what a reader at position `since` has missed, taken off the answer's budget. */
export async function catchUp(
  reader: LogReader,
  room: Room,
  since: number,
  budget: AnswerBudget,
): Promise<CatchUp> {
  // A position ahead of the room's head belongs to a log that no longer exists.
  if (since > room.head) return { messages: [], more: false, reset: true };
  const slice = await reader.readAfter(room, since, PAGE_MAX_MESSAGES);
  if (slice.trimmed) return { messages: [], more: false, reset: true };
  const { messages, bytes, cut } = fitEntries(slice.entries, budget.leftBytes);
  budget.leftBytes -= bytes;
  return { messages, more: slice.more || cut, reset: false };
}
