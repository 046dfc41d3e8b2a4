import { describe, expect, it } from '@jest/globals';
import {
  FLUSH_LEASE_MS,
  judgeEntries,
  nextPostAt,
  ROOM_BURST_MS,
  refusedUntil,
  usedUntil,
} from '../../../../shared/domain/pacing.ts';
import { emptyRoom, type RoomPacing } from '../../../../shared/domain/room.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { aMessage } from '../../../support/log-entries.ts';

const limits = { roomPostsPerSecond: 4_000, windowMaxMs: 2_000 };
const pacingOf = (pacing: Partial<RoomPacing>) => ({
  ...emptyRoom('lobby'),
  pacing: { version: 1, freeAt: 0, members: 100, ...pacing },
});
const entries = (...seqs: number[]) => seqs.map((seq) => aMessage({ seq }));
/** When a room that is free from then on may post again. */
const freeFor = (ms: number) => NOON + ROOM_BURST_MS + ms;
const pending = { id: 'one', from: 5, dueAt: NOON + 100 };

describe('entries of a room', () => {
  it.each([
    { description: 'that was never paced', room: emptyRoom('lobby'), freeAt: 0 },
    { description: 'whose burst covers them', room: emptyRoom('lobby'), freeAt: freeFor(0) },
    { description: 'that was paced long ago', room: pacingOf({}), freeAt: 0 },
  ])('are fanned out at once, in a room $description', ({ room, freeAt }) => {
    expect(judgeEntries(room, entries(1, 2), freeAt, NOON)).toEqual({
      direct: entries(1, 2),
      flushed: [],
      left: [],
    });
  });

  it.each([
    { description: 'as this environment remembers', room: emptyRoom('lobby'), freeAt: freeFor(9) },
    { description: 'as the room says', room: pacingOf({ freeAt: freeFor(9) }), freeAt: 0 },
  ])('are left to a flush while the share is used up, $description', ({ room, freeAt }) => {
    expect(judgeEntries(room, entries(8, 7), freeAt, NOON)).toEqual({
      direct: [],
      flushed: [],
      left: entries(8, 7),
      schedule: { from: 7, dueAt: NOON + 9 },
    });
  });

  it('are left to the flush that is pending, but for those below its beginning', () => {
    expect(judgeEntries(pacingOf({ pending }), entries(4, 5, 9), 0, NOON)).toEqual({
      direct: entries(4),
      flushed: [],
      left: entries(5, 9),
    });
  });

  it('are not told again when a flush was faster than the stream', () => {
    const room = pacingOf({ flushed: { from: 3, through: 6 } });

    expect(judgeEntries(room, entries(3, 6), 0, NOON)).toEqual({
      direct: [],
      flushed: entries(3, 6),
      left: [],
    });
    expect(judgeEntries(room, entries(2, 4, 7), 0, NOON)).toMatchObject({
      direct: entries(2, 7),
      flushed: entries(4),
    });
  });

  it('take over what was left to a flush that is lost', () => {
    const room = pacingOf({ pending });
    const late = pending.dueAt + FLUSH_LEASE_MS;

    expect(judgeEntries(room, entries(9), 0, late)).not.toHaveProperty('schedule');
    expect(judgeEntries(room, entries(9), 0, late + 1)).toMatchObject({
      left: entries(9),
      schedule: { from: 5, dueAt: late + 1 },
    });
    expect(judgeEntries(room, entries(2), 0, late + 1).schedule).toMatchObject({ from: 2 });
  });
});

describe('the share of a room', () => {
  it('is used up for as long as its posts take of it, one after the other', () => {
    const once = usedUntil(0, 1_000, NOON, limits);

    expect(once).toBe(NOON + 250);
    expect(usedUntil(once, 1_000, NOON + 100, limits)).toBe(NOON + 500);
    expect(usedUntil(once, 1_000, NOON + 300, limits)).toBe(NOON + 550);
  });

  it('is never exceeded by more than the burst, whenever messages come', () => {
    let freeAt = 0;
    let posts = 0;
    for (let now = NOON; now < NOON + 60_000; now += 50) {
      if (nextPostAt(freeAt) > now) continue;
      freeAt = usedUntil(freeAt, 700, now, limits);
      posts += 700;
    }
    const most = limits.roomPostsPerSecond * (60 + ROOM_BURST_MS / 1_000) + 700;
    expect(posts).toBeLessThanOrEqual(most);
    expect(posts).toBeGreaterThan(limits.roomPostsPerSecond * 59);
  });

  it('lets senders send as soon as their messages would wait no longer than they may', () => {
    expect(refusedUntil(freeFor(2_300), limits)).toBe(NOON + 300);
  });
});
