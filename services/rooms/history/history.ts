import type { LogReader } from '../../../shared/domain/log-reader.ts';
import type { LogEntry } from '../../../shared/domain/message.ts';
import type { Rooms } from '../../../shared/domain/ports.ts';

export interface HistoryQuery {
  roomId: string;
  /** Exclusive; at most one of the two is given. Without either: the newest page. */
  before?: number | undefined;
  after?: number | undefined;
  limit: number;
}

export interface HistoryPage {
  /** Ascending. */
  entries: LogEntry[];
  head: number;
  more: boolean;
}

export type ReadHistory = (query: HistoryQuery, admission: Promise<void>) => Promise<HistoryPage>;

/**
 * Reads one page of a room, never more than that: a room of a million messages costs no more than
 * one of a hundred. What retention has removed is skipped.
 *
 * @param admission whether the reader may; it is awaited together with the room.
 */
export function createReadHistory({
  rooms,
  reader,
}: {
  rooms: Pick<Rooms, 'read'>;
  reader: LogReader;
}): ReadHistory {
  return async ({ roomId, before, after, limit }, admission) => {
    const [room] = await Promise.all([rooms.read(roomId), admission]);
    const { entries, more } =
      after === undefined
        ? await reader.readBefore(room, before ?? room.head + 1, limit)
        : await reader.readAfter(room, after, limit);
    return { entries, head: room.head, more };
  };
}
