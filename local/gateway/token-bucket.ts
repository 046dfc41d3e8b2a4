import type { Clock } from '../clock.ts';

export interface TokenBucket {
  /** Takes one token; false when the bucket is empty, and then nothing is taken. */
  tryTake(): boolean;
}

/** Counted in thousandths, so that a millisecond's refill is a whole number and none is lost. */
const TOKEN = 1000;

/**
 * The throttle of API Gateway: `burst` tokens at the start, refilled at `ratePerSecond` up to `burst`.
 * Computed from the clock at each take, so that no timer runs.
 */
export function createTokenBucket(clock: Clock, ratePerSecond: number, burst: number): TokenBucket {
  const capacity = burst * TOKEN;
  let level = capacity;
  let refilledAt = clock.now();

  return {
    tryTake() {
      const now = clock.now();
      if (now > refilledAt) level = Math.min(capacity, level + (now - refilledAt) * ratePerSecond);
      refilledAt = now;
      if (level < TOKEN) return false;
      level -= TOKEN;
      return true;
    },
  };
}
