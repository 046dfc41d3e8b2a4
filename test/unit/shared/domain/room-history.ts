import * as fc from 'fast-check';
import { SEAL_AFTER_MS } from '../../../../shared/domain/limits.ts';
import { isKept, type StoredEntry } from '../../../../shared/domain/message.ts';
import type { Room } from '../../../../shared/domain/room.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { aMessage, aVoid, DAY_MS } from '../../../support/log-entries.ts';

export const RETENTION_MS = 2 * DAY_MS;
const HOUR_MS = 60 * 60 * 1000;

/** What became of one number of a room, seen from {@link NOON}. */
interface PastNumber {
  seq: number;
  givenAt: number;
  row: StoredEntry | undefined;
}

/** A room as random senders, crashes and delayed deletions may have left it. */
export interface RoomHistory {
  room: Room;
  numbers: PastNumber[];
}

const steps = fc.array(
  fc.record({
    sinceLastMs: fc.constantFrom(0, 0, 100, 1_500, 5_000, HOUR_MS, 13 * HOUR_MS, 3 * DAY_MS),
    fate: fc.constantFrom('message', 'message', 'message', 'void', 'hole'),
    isDeletedIfExpired: fc.boolean(),
  }),
  { minLength: 1, maxLength: 24 },
);
const headAgeMs = fc.constantFrom(0, 500, 3_999, 4_000, 5_000, DAY_MS, 2 * DAY_MS, 3 * DAY_MS);

export const roomHistories: fc.Arbitrary<RoomHistory> = fc
  .record({ steps, headAgeMs })
  .map(({ steps, headAgeMs }) => {
    const ages = steps.map((_, index) =>
      steps.slice(index + 1).reduce((sum, { sinceLastMs }) => sum + sinceLastMs, headAgeMs),
    );
    const timeOf = (index: number) => NOON - (ages[index] ?? headAgeMs);

    const numbers = steps.map(({ fate, isDeletedIfExpired }, index): PastNumber => {
      const seq = index + 1;
      const givenAt = timeOf(index);
      // A void takes the time of its successor.
      const sentAt = fate === 'void' ? timeOf(index + 1) : givenAt;
      const entry = fate === 'void' ? aVoid({ seq, sentAt }) : aMessage({ seq, sentAt });
      const row = { entry, expiresAt: sentAt + RETENTION_MS };
      const isGone = !isKept(row, RETENTION_MS, NOON) && isDeletedIfExpired;
      return { seq, givenAt, row: fate === 'hole' || isGone ? undefined : row };
    });

    const floor = steps.findLastIndex(
      ({ sinceLastMs }, index) => index > 0 && sinceLastMs >= RETENTION_MS,
    );
    const room = {
      roomId: 'lobby',
      head: steps.length,
      headAt: timeOf(steps.length - 1),
      createdAt: timeOf(0),
      floor: Math.max(0, floor),
      shardCount: 1,
    };
    return { room, numbers };
  });

/** Whether somebody may still write the number. */
export function mayBeWritten({ givenAt, row }: PastNumber): boolean {
  return row === undefined && NOON - givenAt < SEAL_AFTER_MS;
}

export const isKeptNow = (row: StoredEntry | undefined): row is StoredEntry =>
  row !== undefined && isKept(row, RETENTION_MS, NOON);

/**
 * The numbers of the kept rows that a reader has to be shown: those below the first gap that no
 * evidence settles. Written from the rule, not from the reader.
 */
export function visibleRows({ room, numbers }: RoomHistory): number[] {
  const visible: number[] = [];
  let previous = 0;
  for (const { seq, row } of numbers) {
    if (row === undefined) continue;
    const isGapBelow = seq > previous + 1 && seq - 1 > room.floor;
    const isYoung = NOON - row.entry.sentAt < SEAL_AFTER_MS;
    if (isKeptNow(row)) {
      if (isGapBelow && isYoung) break;
      visible.push(seq);
    }
    previous = seq;
  }
  return visible;
}
