import { PAGE_MAX_MESSAGES } from '../domain/limits.ts';
import type { LogReader } from '../domain/log-reader.ts';
import type { Room } from '../domain/room.ts';
import type { WireEntry } from '../protocol/frames.ts';
import { fitEntries } from '../protocol/wire-entry.ts';

export interface CatchUp {
  messages: WireEntry[];
  bytes: number;
  more: boolean;
  /** What the reader missed is gone, in part or in whole: it has to reload from history. */
  reset: boolean;
}

/** The first page of what a reader at position `since` has missed, within a budget of bytes. */
export async function catchUp(
  reader: LogReader,
  room: Room,
  since: number,
  budgetBytes: number,
): Promise<CatchUp> {
  // A position ahead of the room's head belongs to a log that no longer exists.
  if (since > room.head) return { messages: [], bytes: 0, more: false, reset: true };
  const slice = await reader.readAfter(room, since, PAGE_MAX_MESSAGES);
  if (slice.trimmed) return { messages: [], bytes: 0, more: false, reset: true };
  const { messages, bytes, cut } = fitEntries(slice.entries, budgetBytes);
  return { messages, bytes, more: slice.more || cut, reset: false };
}
