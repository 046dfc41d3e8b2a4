import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SEAL_AFTER_MS } from '../../../../shared/domain/limits.ts';
import { createLogReader, type LogReader } from '../../../../shared/domain/log-reader.ts';
import type { LogEntry } from '../../../../shared/domain/message.ts';
import { createFakeClock, NOON } from '../../../support/fake-clock.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import {
  isKeptNow,
  mayBeWritten,
  RETENTION_MS,
  type RoomHistory,
  roomHistories,
  visibleRows,
} from './room-history.ts';

const EVERYTHING = 1_000;
const RUNS = { numRuns: 1_000 };
const limits = fc.integer({ min: 1, max: 6 });

function open({ numbers }: RoomHistory, pageMaxRows = Number.POSITIVE_INFINITY) {
  const log = createInMemoryLog({ pageMaxRows });
  for (const { row } of numbers) if (row !== undefined) log.insert(row);
  return {
    log,
    reader: createLogReader({ log, clock: createFakeClock(), retentionMs: RETENTION_MS }),
  };
}

const seqs = (entries: readonly LogEntry[]) => entries.map(({ seq }) => seq);
const rowsAmong = (entries: readonly LogEntry[], history: RoomHistory) =>
  seqs(entries).filter((seq) => isKeptNow(history.numbers[seq - 1]?.row));

async function pageForward(reader: LogReader, { room }: RoomHistory, limit: number) {
  const entries: LogEntry[] = [];
  for (let after = 0; ; ) {
    const slice = await reader.readAfter(room, after, limit);
    expect(slice.entries.length).toBeLessThanOrEqual(limit);
    entries.push(...slice.entries);
    if (!slice.more) return entries;
    expect(slice.entries.length).toBeGreaterThan(0);
    after = entries.at(-1)?.seq ?? 0;
  }
}

async function pageBackward(reader: LogReader, { room }: RoomHistory, limit: number) {
  let entries: LogEntry[] = [];
  for (let before = room.head + 1; ; ) {
    const slice = await reader.readBefore(room, before, limit);
    expect(slice.entries.length).toBeLessThanOrEqual(limit);
    entries = [...slice.entries, ...entries];
    if (!slice.more) return entries;
    expect(slice.entries.length).toBeGreaterThan(0);
    before = entries[0]?.seq ?? 0;
  }
}

/** What holds for every list of entries that any reader is shown. */
function expectHonest(entries: readonly LogEntry[], history: RoomHistory, after = 0): void {
  const shown = seqs(entries);
  const first = shown[0] ?? 1;
  expect(shown).toEqual(shown.map((_, index) => first + index));
  const last = shown.at(-1) ?? 0;
  const from = Math.max(after, history.room.floor);
  const below = history.numbers.filter(({ seq }) => seq > from && seq < last);
  expect(below.filter(mayBeWritten)).toEqual([]);
}

/** What holds for everything that a reader has sealed. */
function expectSealedRightly(
  { log }: ReturnType<typeof open>,
  { room, numbers }: RoomHistory,
): void {
  const rows = log.rowsOf('lobby');
  for (const { entry, expiresAt } of rows) {
    const number = numbers[entry.seq - 1];
    if (number?.row !== undefined) continue;
    expect(entry.kind).toBe('void');
    expect(NOON - (number?.givenAt ?? NOON)).toBeGreaterThanOrEqual(SEAL_AFTER_MS);
    expect(entry.seq).toBeGreaterThan(room.floor);
    expect(expiresAt).toBeGreaterThan(NOON);
  }
  const times = rows.map(({ entry }) => entry.sentAt);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
}

describe('a log reader, whatever happened to the room', () => {
  it('shows what is settled and kept, all of it and in order, when it reads forward', async () => {
    await fc.assert(
      fc.asyncProperty(roomHistories, async (history) => {
        const opened = open(history);

        const { entries, more } = await opened.reader.readAfter(history.room, 0, EVERYTHING);

        expectHonest(entries, history);
        expectSealedRightly(opened, history);
        expect(rowsAmong(entries, history)).toEqual(visibleRows(history));
        expect(more).toBe(false);
      }),
      RUNS,
    );
  });

  it('shows the same when it reads backward', async () => {
    await fc.assert(
      fc.asyncProperty(roomHistories, async (history) => {
        const opened = open(history);
        const before = history.room.head + 1;

        const { entries, more } = await opened.reader.readBefore(history.room, before, EVERYTHING);

        expectHonest(entries, history);
        expectSealedRightly(opened, history);
        expect(rowsAmong(entries, history)).toEqual(visibleRows(history));
        expect(more).toBe(false);
      }),
      RUNS,
    );
  });

  it('gives the same list in pages forward as in one read', async () => {
    await fc.assert(
      fc.asyncProperty(roomHistories, limits, async (history, limit) => {
        const whole = await open(history).reader.readAfter(history.room, 0, EVERYTHING);

        expect(await pageForward(open(history).reader, history, limit)).toEqual(whole.entries);
      }),
      RUNS,
    );
  });

  it('gives the same list in pages backward as in one read', async () => {
    await fc.assert(
      fc.asyncProperty(roomHistories, limits, async (history, limit) => {
        const opened = open(history);
        const whole = await open(history).reader.readBefore(
          history.room,
          history.room.head + 1,
          EVERYTHING,
        );

        const paged = await pageBackward(opened.reader, history, limit);

        expectSealedRightly(opened, history);
        expect(paged).toEqual(whole.entries);
      }),
      RUNS,
    );
  });

  it('shows any reader at any position only what is settled and consecutive', async () => {
    await fc.assert(
      fc.asyncProperty(
        roomHistories,
        limits,
        fc.nat({ max: 26 }),
        fc.boolean(),
        async (history, limit, position, isForward) => {
          const opened = open(history);
          const { entries, trimmed } = isForward
            ? await opened.reader.readAfter(history.room, position, limit)
            : await opened.reader.readBefore(history.room, position, limit);

          expectHonest(entries, history, isForward ? position : 0);
          expectSealedRightly(opened, history);
          const first = entries[0]?.seq;
          if (isForward && first !== undefined && first > position + 1) expect(trimmed).toBe(true);
        },
      ),
      RUNS,
    );
  });

  it('loses nothing when the pages of the store end early', async () => {
    await fc.assert(
      fc.asyncProperty(roomHistories, limits, async (history, limit) => {
        const { reader } = open(history, 3);
        const shown: LogEntry[] = [];
        for (let after = 0; ; ) {
          const { entries, more } = await reader.readAfter(history.room, after, limit);
          shown.push(...entries);
          if (!more || entries.length === 0) break;
          after = shown.at(-1)?.seq ?? 0;
        }

        expect(rowsAmong(shown, history)).toEqual(visibleRows(history));
      }),
      RUNS,
    );
  });
});
