import type { Clock } from '../domain/ports.ts';

/** As the SDK has it. A service accepts signatures that are up to five minutes off. */
const SKEW_MIN_MS = 4 * 60 * 1000;

/** The time that signatures carry: our clock's, until the gateway refuses it and names another. */
export interface SkewedClock extends Clock {
  /** @param date the `date` header of a refusal */
  correct(date: string | undefined): void;
}

export function createSkewedClock(clock: Clock): SkewedClock {
  let offsetMs = 0;
  return {
    now: () => clock.now() + offsetMs,
    correct(date) {
      const serverTime = Date.parse(date ?? '');
      if (Math.abs(serverTime - clock.now() - offsetMs) >= SKEW_MIN_MS) {
        offsetMs = serverTime - clock.now();
      }
    },
  };
}
