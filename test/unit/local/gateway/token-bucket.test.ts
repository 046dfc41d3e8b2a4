import { describe, expect, it } from '@jest/globals';
import { createTokenBucket } from '../../../../local/gateway/token-bucket.ts';
import { createFakeClock } from './fake-clock.ts';

describe('token bucket', () => {
  function takeAll(bucket: { tryTake(): boolean }): number {
    let taken = 0;
    while (bucket.tryTake()) taken += 1;
    return taken;
  }

  it('starts full and is empty after the burst', () => {
    const bucket = createTokenBucket(createFakeClock(), 10_000, 5_000);
    expect(takeAll(bucket)).toBe(5_000);
  });

  it('refills in proportion to the time that passed', () => {
    const clock = createFakeClock();
    const bucket = createTokenBucket(clock, 10_000, 5_000);
    takeAll(bucket);
    clock.advance(250);
    expect(takeAll(bucket)).toBe(2_500);
  });

  it('never holds more than the burst', () => {
    const clock = createFakeClock();
    const bucket = createTokenBucket(clock, 10_000, 5_000);
    takeAll(bucket);
    clock.advance(3_600_000);
    expect(takeAll(bucket)).toBe(5_000);
  });

  it('does not lose the fractions of tokens between two takes', () => {
    const clock = createFakeClock();
    const bucket = createTokenBucket(clock, 100, 1);
    takeAll(bucket);
    const granted = Array.from({ length: 100 }, () => {
      clock.advance(1);
      return bucket.tryTake();
    });
    expect(granted.filter(Boolean)).toHaveLength(10);
  });
});
