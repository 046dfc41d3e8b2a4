import type { FinalState, LogRow, MessageRow } from './history.ts';

/** The final log of one room, found by number, by message and by send. */
export interface RoomRows {
  /** The first number that is kept. */
  first: number;
  /** The last number with a row; `first - 1` in an empty room. */
  last: number;
  bySeq: ReadonlyMap<number, LogRow>;
  byMessageId: ReadonlyMap<string, readonly MessageRow[]>;
  /** By user and clientMessageId. */
  bySend: ReadonlyMap<string, readonly MessageRow[]>;
  /** Further rows under a number that is taken already. */
  surplus: readonly LogRow[];
}

export const sendKey = (userId: string, clientMessageId: string) => `${userId} ${clientMessageId}`;

const EMPTY: RoomRows = {
  first: 1,
  last: 0,
  bySeq: new Map(),
  byMessageId: new Map(),
  bySend: new Map(),
  surplus: [],
};

export interface LogIndex {
  rooms: ReadonlyMap<string, RoomRows>;
  room(roomId: string): RoomRows;
}

export function indexLog({ log, kept = [] }: FinalState): LogIndex {
  const firstKept = new Map(kept.map(({ roomId, from }) => [roomId, from]));
  const rooms = new Map<string, RoomRows>();
  for (const [roomId, rows] of Map.groupBy(log, (row) => row.roomId)) {
    const bySeq = new Map<number, LogRow>();
    const surplus: LogRow[] = [];
    const first = firstKept.get(roomId) ?? 1;
    let last = first - 1;
    for (const row of rows.toSorted((a, b) => a.seq - b.seq)) {
      if (bySeq.has(row.seq)) surplus.push(row);
      else bySeq.set(row.seq, row);
      last = Math.max(last, row.seq);
    }
    const messages = rows.filter((row) => row.kind === 'message');
    const sends = messages.filter(({ clientMessageId }) => clientMessageId !== undefined);
    rooms.set(roomId, {
      first,
      last,
      bySeq,
      surplus,
      byMessageId: Map.groupBy(messages, ({ messageId }) => messageId),
      bySend: Map.groupBy(sends, (row) => sendKey(row.userId, row.clientMessageId ?? '')),
    });
  }
  return { rooms, room: (roomId) => rooms.get(roomId) ?? EMPTY };
}
