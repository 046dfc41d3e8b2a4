import { judgeGap } from './gap.ts';
import { SEAL_AFTER_MS } from './limits.ts';
import { isKept, type LogEntry, type StoredEntry } from './message.ts';
import type { Clock, MessageLog } from './ports.ts';
import type { Room } from './room.ts';

/** Entries of one room, ascending, ending before the first number that is not settled yet. */
export interface LogSlice {
  entries: LogEntry[];
  /** More entries stand beyond these, in the direction asked. */
  more: boolean;
  /** Retention has removed numbers that the reader asked for. */
  trimmed: boolean;
}

/** Reads a room's log so that nobody ever sees a later message before an earlier one. */
export interface LogReader {
  /** The oldest entries after position `after` (exclusive). */
  readAfter(room: Room, after: number, limit: number): Promise<LogSlice>;
  /** The newest entries before position `before` (exclusive). */
  readBefore(room: Room, before: number, limit: number): Promise<LogSlice>;
}

export interface LogReaderDependencies {
  log: MessageLog;
  clock: Clock;
  retentionMs: number;
}

/** Void entries written at once: an outage may have left thousands of holes. */
const SEALS_AT_ONCE = 25;

/** Rows per page once the first page has turned out to be too young to end an answer. */
const YOUNG_PAGE_ROWS = 250;

/** A stretch of the log: rows in ascending order, and what is known of both its ends. */
interface Stretch {
  /** The position before the first number. */
  after: number;
  precededByKept: boolean;
  rows: readonly StoredEntry[];
  /** What follows the last number; not part of the stretch. */
  follower: StoredEntry | undefined;
}

export function createLogReader({ log, clock, retentionMs }: LogReaderDependencies): LogReader {
  const kept = (row: StoredEntry) => isKept(row, retentionMs, clock.now());
  const isOld = (row: StoredEntry) => clock.now() - row.entry.sentAt >= SEAL_AFTER_MS;

  /** Stands in for an entry that is not there, to date the gap below it: no older than the head. */
  const absent = (room: Room, seq: number): StoredEntry => ({
    entry: { kind: 'void', roomId: room.roomId, seq, sentAt: room.headAt },
    expiresAt: room.headAt + retentionMs,
  });

  /** Accounts for every number of a stretch, up to the first unsettled one or `max` entries. */
  async function account(room: Room, stretch: Stretch, max: number) {
    const entries: LogEntry[] = [];
    let trimmed = false;
    let next = stretch.after + 1;

    const { rows, follower } = stretch;
    for (const row of follower === undefined ? rows : [...rows, follower]) {
      const last = row.entry.seq - 1;
      if (next <= last) {
        const precededByKept = entries.length > 0 || stretch.precededByKept;
        const gap = { last, followedAt: row.entry.sentAt, precededByKept };
        const verdict = judgeGap(gap, room, clock.now());
        if (verdict === 'unsettled') return { entries, trimmed, settled: false };
        if (verdict === 'trimmed') trimmed = true;
        else entries.push(...(await seal(room.roomId, next, last, row, max - entries.length)));
      }
      if (row === follower || entries.length >= max) break;
      entries.push(row.entry);
      next = row.entry.seq + 1;
    }
    return { entries, trimmed, settled: true };
  }

  /** A late writer may have been faster than the seal, and then its message stands. */
  async function seal(roomId: string, first: number, last: number, row: StoredEntry, max: number) {
    const { expiresAt } = row;
    const { sentAt } = row.entry;
    const end = first + Math.min(last - first + 1, max);
    const sealed: LogEntry[] = [];
    for (let seq = first; seq < end; seq += SEALS_AT_ONCE) {
      const numbers = Array.from({ length: Math.min(SEALS_AT_ONCE, end - seq) }, (_, i) => seq + i);
      const settled = await Promise.all(
        numbers.map((number) =>
          log.seal({ entry: { kind: 'void', roomId, seq: number, sentAt }, expiresAt }),
        ),
      );
      sealed.push(...settled.map(({ entry }) => entry));
    }
    return sealed;
  }

  /** The lowest number still kept, by bisection, since entries expire in the order of numbers. */
  async function firstKept(room: Room, from: number): Promise<number> {
    let low = from;
    let high = room.head + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [row] = (await log.readForward(room.roomId, middle, 1)).rows;
      if (row === undefined || row.entry.seq >= high || kept(row)) high = middle;
      else low = row.entry.seq + 1;
    }
    return low;
  }

  async function readAfter(room: Room, after: number, limit: number): Promise<LogSlice> {
    if (after >= room.head) return { entries: [], more: false, trimmed: false };

    // The row at the position itself is evidence: while it is kept, nothing after it was trimmed.
    const page = await log.readForward(room.roomId, after, limit + 2);
    const atPosition = page.rows[0]?.entry.seq === after ? page.rows[0] : undefined;
    const rows = atPosition === undefined ? page.rows : page.rows.slice(1);

    if (rows[0] !== undefined && !kept(rows[0])) {
      const start = await firstKept(room, rows[0].entry.seq + 1);
      return { ...(await readAfter(room, start - 1, limit)), trimmed: true };
    }
    const precededByKept = atPosition !== undefined && kept(atPosition);
    const follower = page.exhausted ? absent(room, room.head + 1) : undefined;
    const stretch = { after, precededByKept, rows, follower };
    const { entries, trimmed, settled } = await account(room, stretch, limit + 1);
    const more = entries.length > limit || (settled && !page.exhausted);
    return { entries: entries.slice(0, limit), more, trimmed };
  }

  async function readBefore(room: Room, before: number, limit: number): Promise<LogSlice> {
    let rows: StoredEntry[] = [];
    let from = Math.min(before, room.head);
    let atBottom = false;
    let highestExpired: StoredEntry | undefined;

    // What is young may have unsettled holes below it: read down to a row that is old enough.
    while (!atBottom && (rows.length <= limit || rows[0] === undefined || !isOld(rows[0]))) {
      const pageRows = rows.length <= limit ? limit + 2 : YOUNG_PAGE_ROWS;
      const page = await log.readBackward(room.roomId, from, pageRows);
      const keptCount = untilExpired(page.rows);
      highestExpired = page.rows[keptCount];
      atBottom = highestExpired !== undefined || page.exhausted;
      rows = [...page.rows.slice(0, keptCount).reverse(), ...rows];
      from = (rows[0]?.entry.seq ?? 1) - 1;
    }
    const atPosition = rows.at(-1)?.entry.seq === before ? rows.pop() : undefined;
    const follower = atPosition ?? (await standIn(room, before));

    // At the bottom, the numbers between what has expired and what is kept are judged as well.
    const lowest = rows[0] ?? follower;
    const after = atBottom ? (highestExpired?.entry.seq ?? 0) : lowest.entry.seq - 1;
    const stretch = { after, precededByKept: false, rows, follower };
    const { entries, trimmed } = await account(room, stretch, Number.POSITIVE_INFINITY);
    const more = entries.length > limit || !atBottom;
    return {
      entries: entries.slice(-limit),
      more,
      trimmed: trimmed || highestExpired !== undefined,
    };
  }

  /** Stands in for an entry that is not there, dated by the next one above it. */
  async function standIn(room: Room, seq: number): Promise<StoredEntry> {
    if (seq > room.head) return absent(room, room.head + 1);
    const [above] = (await log.readForward(room.roomId, seq, 1)).rows;
    if (above === undefined) return absent(room, seq);
    const { expiresAt } = above;
    const { sentAt } = above.entry;
    return { entry: { kind: 'void', roomId: room.roomId, seq, sentAt }, expiresAt };
  }

  function untilExpired(rows: readonly StoredEntry[]): number {
    const index = rows.findIndex((row) => !kept(row));
    return index === -1 ? rows.length : index;
  }

  return { readAfter, readBefore };
}
