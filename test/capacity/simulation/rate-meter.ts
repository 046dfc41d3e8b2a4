import type { Clock } from '../../../shared/domain/ports.ts';

/**
 * Tells by how much more than `perSecond` allows went through in any span of time whatsoever: what a
 * bucket would have had to hold. It knows nothing of the bucket that it judges.
 */
export interface RateMeter {
  add(count: number): void;
  readonly total: number;
  readonly mostAbove: number;
}

export function createRateMeter(clock: Clock, perSecond: number): RateMeter {
  let above = 0;
  let mostAbove = 0;
  let total = 0;
  let seenAt = clock.now();
  return {
    add(count) {
      const now = clock.now();
      above = Math.max(0, above - ((now - seenAt) / 1_000) * perSecond) + count;
      seenAt = now;
      mostAbove = Math.max(mostAbove, above);
      total += count;
    },
    get total() {
      return total;
    },
    get mostAbove() {
      return mostAbove;
    },
  };
}
