import type { Clock } from '../clock.ts';

/** Lambda starts a standard queue's mapping with five concurrent batches and adds 300 a minute. */
const INITIAL_CONCURRENCY = 5;
const GROWTH_PER_MINUTE = 300;

/** How many batches of one queue may be under way. */
export interface ConcurrencyRamp {
  limit(): number;
  /** Messages came: growth begins, unless it has already. */
  busy(): void;
  /** The queue ran empty, or the function failed: back to the beginning. */
  reset(): void;
}

export function createConcurrencyRamp(cap: number, clock: Clock): ConcurrencyRamp {
  let busySince: number | undefined;
  return {
    limit() {
      const busyMs = busySince === undefined ? 0 : clock.now() - busySince;
      const grown = Math.floor((busyMs * GROWTH_PER_MINUTE) / 60_000);
      return Math.max(1, Math.min(cap, INITIAL_CONCURRENCY + grown));
    },
    busy() {
      busySince ??= clock.now();
    },
    reset() {
      busySince = undefined;
    },
  };
}
