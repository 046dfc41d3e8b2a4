import type { StoredEntry } from '../../shared/domain/message.ts';
import type { LogPage, MessageLog } from '../../shared/domain/ports.ts';
import { type Calls, createCalls } from './calls.ts';

export interface InMemoryLog extends MessageLog {
  /** Puts a row unless one stands at its number; says whether it did. */
  insert(row: StoredEntry): boolean;
  at(roomId: string, seq: number): StoredEntry | undefined;
  /** As the delayed deletion of expired rows does. */
  drop(roomId: string, seq: number): void;
  /** All rows of a room, ascending, expired ones included. */
  rowsOf(roomId: string): StoredEntry[];
}

interface InMemoryLogOptions {
  calls?: Calls;
  /** Rows that a page holds at most, whatever was asked for: a page also ends at 1 MB. */
  pageMaxRows?: number;
  /** Called with every row that is new, as a stream would be. */
  onInsert?: (row: StoredEntry) => void;
}

export function createInMemoryLog(options: InMemoryLogOptions = {}): InMemoryLog {
  const { calls = createCalls(), pageMaxRows = Number.POSITIVE_INFINITY, onInsert } = options;
  const rooms = new Map<string, Map<number, StoredEntry>>();

  const rowsOf = (roomId: string) =>
    [...(rooms.get(roomId)?.values() ?? [])].sort((a, b) => a.entry.seq - b.entry.seq);

  /** As in DynamoDB, a page that is full does not know whether it was the last one. */
  function pageOf(rows: StoredEntry[], limit: number): LogPage {
    const size = Math.min(limit, pageMaxRows);
    return { rows: rows.slice(0, size), exhausted: rows.length < size };
  }

  function insert(row: StoredEntry): boolean {
    const { roomId, seq } = row.entry;
    const room = rooms.get(roomId) ?? new Map<number, StoredEntry>();
    if (room.has(seq)) return false;
    rooms.set(roomId, room.set(seq, row));
    onInsert?.(row);
    return true;
  }

  const at = (roomId: string, seq: number) => rooms.get(roomId)?.get(seq);

  return {
    insert,
    at,
    rowsOf,
    drop: (roomId, seq) => rooms.get(roomId)?.delete(seq),
    readForward: (roomId, from, limit) =>
      calls.through('log.readForward', () =>
        pageOf(
          rowsOf(roomId).filter(({ entry }) => entry.seq >= from),
          limit,
        ),
      ),
    readBackward: (roomId, from, limit) =>
      calls.through('log.readBackward', () =>
        pageOf(
          rowsOf(roomId)
            .filter(({ entry }) => entry.seq <= from)
            .reverse(),
          limit,
        ),
      ),
    seal: (row) =>
      calls.through('log.seal', () => {
        insert(row);
        return at(row.entry.roomId, row.entry.seq) ?? row;
      }),
  };
}
