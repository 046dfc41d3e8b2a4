import type { Clock } from '../../shared/domain/ports.ts';

/** A clock that stands still until it is told to move. Times in milliseconds. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
}

export const NOON = Date.UTC(2026, 10, 16, 12);

export function createFakeClock(startMs = NOON): FakeClock {
  let now = startMs;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
}
