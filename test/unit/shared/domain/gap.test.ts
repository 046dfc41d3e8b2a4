import { describe, expect, it } from '@jest/globals';
import { judgeGap } from '../../../../shared/domain/gap.ts';
import { SEAL_AFTER_MS } from '../../../../shared/domain/limits.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { DAY_MS } from '../../../support/log-entries.ts';

const OLD = NOON - SEAL_AFTER_MS;
const YOUNG = OLD + 1;
const OLD_ROOM = NOON - 40 * DAY_MS;
const YOUNG_ROOM = NOON - DAY_MS + 1;

describe('judgeGap', () => {
  it.each([
    ['waits for a young gap after a kept entry', YOUNG, true, OLD_ROOM, 0, 'unsettled'],
    ['waits for a young gap after nothing', YOUNG, false, OLD_ROOM, 0, 'unsettled'],
    ['waits for a young gap in a young room', YOUNG, false, YOUNG_ROOM, 0, 'unsettled'],
    ['abandons an old gap after a kept entry', OLD, true, OLD_ROOM, 0, 'abandoned'],
    [
      'abandons an old gap in a room younger than any retention',
      OLD,
      false,
      YOUNG_ROOM,
      0,
      'abandoned',
    ],
    ['takes an old gap after nothing for trimmed', OLD, false, OLD_ROOM, 0, 'trimmed'],
    ['takes a gap at the floor for trimmed, however young', YOUNG, false, OLD_ROOM, 7, 'trimmed'],
    [
      'takes a gap at the floor for trimmed, whatever precedes it',
      OLD,
      true,
      OLD_ROOM,
      7,
      'trimmed',
    ],
    [
      'does not count a gap that reaches beyond the floor as trimmed by it',
      YOUNG,
      false,
      OLD_ROOM,
      6,
      'unsettled',
    ],
  ])('%s', (_title, followedAt, precededByKept, createdAt, floor, verdict) => {
    const room = { roomId: 'lobby', head: 9, headAt: NOON, createdAt, floor, shardCount: 1 };

    expect(judgeGap({ last: 7, followedAt, precededByKept }, room, NOON)).toBe(verdict);
  });
});
