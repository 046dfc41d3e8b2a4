import { describe, expect, it } from '@jest/globals';
import * as limits from '../../../../shared/domain/limits.ts';
import { isKept } from '../../../../shared/domain/message.ts';
import { ROOM_ID_PATTERN } from '../../../../shared/domain/room.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { aMessage, DAY_MS } from '../../../support/log-entries.ts';

describe('limits', () => {
  it('keep a frame within what API Gateway meters as one message', () => {
    expect(limits.FRAME_MAX_BYTES).toBeLessThan(32 * 1024);
  });

  it('keep an answer within what API Gateway sends as one message', () => {
    expect(limits.ANSWER_MAX_BYTES).toBeLessThan(128 * 1024);
  });

  it('seal a number only after its sender has timed out', () => {
    expect(limits.SEAL_AFTER_MS).toBeGreaterThan(limits.SEND_TIMEOUT_MS);
  });

  it('keep the rows of a connection until after API Gateway has closed it', () => {
    expect(limits.CONNECTION_LIFETIME_MS).toBeGreaterThan(2 * 60 * 60 * 1000);
  });
});

describe('isKept', () => {
  it.each([
    ['keeps what has time left', 1, DAY_MS, true],
    ['drops what is at its time', 0, DAY_MS, false],
    ['drops what a retention shortened since does not cover', DAY_MS, 1_000, false],
    ['keeps what a shortened retention still covers', DAY_MS, 1_001, true],
  ])('%s', (_title, leftMs, retentionMs, expected) => {
    const entry = aMessage({ sentAt: NOON - 1_000 });

    expect(isKept({ entry, expiresAt: NOON + leftMs }, retentionMs, NOON)).toBe(expected);
  });
});

describe('ROOM_ID_PATTERN', () => {
  it.each([
    ['a', true],
    ['Team_1.general:x-y', true],
    ['r'.repeat(128), true],
    ['', false],
    ['r'.repeat(129), false],
    ['a#b', false],
    ['a/b', false],
    ['a b', false],
    ['lobby\n', false],
    ['zürich', false],
  ])('takes %j: %s', (roomId, expected) => {
    expect(ROOM_ID_PATTERN.test(roomId)).toBe(expected);
  });
});
