import { describe, expect, it } from '@jest/globals';
import { SEAL_AFTER_MS } from '../../../../shared/domain/limits.ts';
import { createLogReader } from '../../../../shared/domain/log-reader.ts';
import type { LogEntry, StoredEntry } from '../../../../shared/domain/message.ts';
import type { Room } from '../../../../shared/domain/room.ts';
import { createCalls } from '../../../support/calls.ts';
import { createFakeClock, NOON } from '../../../support/fake-clock.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { aMessage, aStoredMessage, DAY_MS } from '../../../support/log-entries.ts';

const RETENTION_MS = 30 * DAY_MS;
const HOUR_AGO = NOON - 60 * 60 * 1000;

/** A log of messages under the numbers given, all sent at one time unless said otherwise. */
function aLog(seqs: readonly number[], options: { sentAt?: (seq: number) => number } = {}) {
  const { sentAt = () => HOUR_AGO } = options;
  const calls = createCalls();
  const clock = createFakeClock();
  const log = createInMemoryLog({ calls });
  for (const seq of seqs) log.insert(aStoredMessage({ seq, sentAt: sentAt(seq) }));
  return { calls, clock, log, reader: createLogReader({ log, clock, retentionMs: RETENTION_MS }) };
}

const aRoom = (head: number, overrides: Partial<Room> = {}): Room => ({
  roomId: 'lobby',
  head,
  headAt: HOUR_AGO,
  createdAt: NOON - 40 * DAY_MS,
  floor: 0,
  shardCount: 1,
  ...overrides,
});

const seqs = (entries: readonly LogEntry[]) => entries.map(({ seq }) => seq);
const kinds = (entries: readonly LogEntry[]) =>
  entries.map(({ seq, kind }) => (kind === 'void' ? -seq : seq));
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('readAfter', () => {
  it('asks the store for nothing when the reader is at the head', async () => {
    const { reader, calls } = aLog(upTo(3));

    expect(await reader.readAfter(aRoom(3), 3, 10)).toEqual({
      entries: [],
      more: false,
      trimmed: false,
    });
    expect(calls.made).toEqual([]);
  });

  it('reads the oldest entries after a position, and says that more follow', async () => {
    const { reader } = aLog(upTo(5));

    const slice = await reader.readAfter(aRoom(5), 1, 2);

    expect(seqs(slice.entries)).toEqual([2, 3]);
    expect(slice.more).toBe(true);
  });

  it('says that nothing follows when the page ends at the head', async () => {
    const { reader } = aLog(upTo(3));

    const slice = await reader.readAfter(aRoom(3), 1, 2);

    expect(seqs(slice.entries)).toEqual([2, 3]);
    expect(slice.more).toBe(false);
  });

  it('ends before a hole whose sender may still be alive', async () => {
    const { reader, log } = aLog([1, 2, 4], { sentAt: () => NOON - SEAL_AFTER_MS + 1 });

    const slice = await reader.readAfter(aRoom(4), 0, 10);

    expect(slice).toMatchObject({ more: false, trimmed: false });
    expect(seqs(slice.entries)).toEqual([1, 2]);
    expect(log.at('lobby', 3)).toBeUndefined();
  });

  it('seals a hole once its successor is older than any sender can live', async () => {
    const { reader, log } = aLog([1, 2, 4], { sentAt: () => NOON - SEAL_AFTER_MS });

    const slice = await reader.readAfter(aRoom(4), 0, 10);

    expect(kinds(slice.entries)).toEqual([1, 2, -3, 4]);
    expect(log.at('lobby', 3)).toEqual({
      entry: { kind: 'void', roomId: 'lobby', seq: 3, sentAt: NOON - SEAL_AFTER_MS },
      expiresAt: NOON - SEAL_AFTER_MS + RETENTION_MS,
    });
  });

  it('dates holes at the end of the log by the head', async () => {
    const { reader } = aLog([1]);

    const young = await reader.readAfter(aRoom(3, { headAt: NOON - SEAL_AFTER_MS + 1 }), 0, 10);
    const old = await reader.readAfter(aRoom(3, { headAt: NOON - SEAL_AFTER_MS }), 0, 10);

    expect(kinds(young.entries)).toEqual([1]);
    expect(kinds(old.entries)).toEqual([1, -2, -3]);
  });

  it('shows the message of a late writer who was faster than the seal', async () => {
    const log = createInMemoryLog({
      calls: createCalls(async (name) => {
        if (name === 'log.seal') log.insert(aStoredMessage({ seq: 2, text: 'late' }));
      }),
    });
    for (const seq of [1, 3]) log.insert(aStoredMessage({ seq, sentAt: HOUR_AGO }));
    const reader = createLogReader({ log, clock: createFakeClock(), retentionMs: RETENTION_MS });

    const { entries } = await reader.readAfter(aRoom(3), 0, 10);

    expect(entries[1]).toEqual(aMessage({ seq: 2, text: 'late' }));
  });

  it('seals no more holes than the page shows', async () => {
    const { reader, calls } = aLog([1, 1_000]);

    const slice = await reader.readAfter(aRoom(1_000), 0, 5);

    expect(kinds(slice.entries)).toEqual([1, -2, -3, -4, -5]);
    expect(slice.more).toBe(true);
    expect(calls.count('log.seal')).toBe(5);
  });

  it('does not seal what retention removed', async () => {
    const { reader, calls } = aLog([8, 9]);

    const slice = await reader.readAfter(aRoom(9), 3, 10);

    expect(slice).toMatchObject({ trimmed: true, more: false });
    expect(seqs(slice.entries)).toEqual([8, 9]);
    expect(calls.count('log.seal')).toBe(0);
  });

  it('takes the kept entry at the position as proof that nothing after it was trimmed', async () => {
    const { reader } = aLog([3, 8, 9]);

    const slice = await reader.readAfter(aRoom(9), 3, 10);

    expect(kinds(slice.entries)).toEqual([-4, -5, -6, -7, 8, 9]);
    expect(slice.trimmed).toBe(false);
  });

  it('says trimmed and answers at once when the floor is above the position', async () => {
    const { reader } = aLog([8], { sentAt: () => NOON });

    const slice = await reader.readAfter(aRoom(8, { floor: 7, headAt: NOON }), 2, 10);

    expect(slice.trimmed).toBe(true);
    expect(seqs(slice.entries)).toEqual([8]);
  });

  it('finds the first kept entry among expired rows in a few steps', async () => {
    const expired = NOON - RETENTION_MS;
    const { reader, calls } = aLog(upTo(1_000), {
      sentAt: (seq) => (seq <= 900 ? expired : HOUR_AGO),
    });

    const slice = await reader.readAfter(aRoom(1_000), 0, 3);

    expect(slice).toMatchObject({ trimmed: true, more: true });
    expect(seqs(slice.entries)).toEqual([901, 902, 903]);
    expect(calls.count('log.readForward')).toBeLessThan(15);
  });

  it('shows nothing when every row has expired', async () => {
    const expired = NOON - RETENTION_MS;
    const { reader, log } = aLog(upTo(5), { sentAt: () => expired });

    const slice = await reader.readAfter(aRoom(5, { headAt: expired }), 0, 10);

    expect(slice).toEqual({ entries: [], more: false, trimmed: true });
    expect(log.rowsOf('lobby')).toHaveLength(5);
  });

  it('goes on over pages that end early', async () => {
    const calls = createCalls();
    const log = createInMemoryLog({ calls, pageMaxRows: 2 });
    for (const seq of upTo(5)) log.insert(aStoredMessage({ seq, sentAt: HOUR_AGO }));
    const reader = createLogReader({ log, clock: createFakeClock(), retentionMs: RETENTION_MS });

    const first = await reader.readAfter(aRoom(5), 0, 10);
    const second = await reader.readAfter(aRoom(5), 2, 10);

    expect(first).toMatchObject({ more: true });
    expect(seqs(first.entries)).toEqual([1, 2]);
    expect(seqs(second.entries)).toEqual([3]);
  });
});

describe('readBefore', () => {
  it('reads the newest entries before a position, and says that more stand below', async () => {
    const { reader } = aLog(upTo(9));

    const slice = await reader.readBefore(aRoom(9), 8, 3);

    expect(seqs(slice.entries)).toEqual([5, 6, 7]);
    expect(slice.more).toBe(true);
  });

  it('says that nothing stands below the first entry', async () => {
    const { reader } = aLog(upTo(3));

    const slice = await reader.readBefore(aRoom(3), 4, 3);

    expect(seqs(slice.entries)).toEqual([1, 2, 3]);
    expect(slice).toMatchObject({ more: false, trimmed: false });
  });

  it('takes a position beyond the head for the end of the log', async () => {
    const { reader } = aLog(upTo(3));

    expect(seqs((await reader.readBefore(aRoom(3), 1_000, 2)).entries)).toEqual([2, 3]);
  });

  it('ends before a young hole far below the newest page', async () => {
    const young = (seq: number) => (seq < 4 ? HOUR_AGO : NOON - 100);
    const without5 = upTo(12).filter((seq) => seq !== 5);
    const { reader } = aLog(without5, { sentAt: young });

    const slice = await reader.readBefore(aRoom(12, { headAt: NOON - 100 }), 13, 2);

    expect(seqs(slice.entries)).toEqual([3, 4]);
    expect(slice.more).toBe(true);
  });

  it('ends before a young hole that follows expired rows', async () => {
    const expired = NOON - RETENTION_MS;
    const { reader } = aLog([1, 2, 4], { sentAt: (seq) => (seq < 3 ? expired : NOON - 100) });

    const slice = await reader.readBefore(aRoom(4, { headAt: NOON - 100, floor: 2 }), 5, 10);

    expect(slice.entries).toEqual([]);
  });

  it('stops at expired rows and says so', async () => {
    const expired = NOON - RETENTION_MS;
    const { reader, calls } = aLog(upTo(9), { sentAt: (seq) => (seq < 7 ? expired : HOUR_AGO) });

    const slice = await reader.readBefore(aRoom(9), 10, 5);

    expect(seqs(slice.entries)).toEqual([7, 8, 9]);
    expect(slice).toMatchObject({ more: false, trimmed: true });
    expect(calls.count('log.seal')).toBe(0);
  });

  it('dates what it seals by the real successor, even if the position is a hole itself', async () => {
    const sentAt = (seq: number) => (seq < 9 ? NOON - 2 * DAY_MS : NOON - DAY_MS);
    const { reader, log } = aLog([1, 2, 5, 9], { sentAt });

    await reader.readBefore(aRoom(9, { headAt: NOON - DAY_MS }), 4, 10);

    const sealed = log.at('lobby', 3) as StoredEntry;
    expect(sealed.entry.sentAt).toBe(NOON - 2 * DAY_MS);
  });

  it('judges holes by their real successor in a busy room, even if the position is a hole', async () => {
    const { reader } = aLog([1, 2, 5, 9]);

    const slice = await reader.readBefore(aRoom(9, { headAt: NOON }), 4, 10);

    expect(kinds(slice.entries)).toEqual([1, 2, -3]);
  });
});
