import type { Clock } from '../../shared/domain/ports.ts';

/** Resolves after so many milliseconds, or as soon as the signal aborts. */
export type Sleep = (delayMs: number, signal: AbortSignal) => Promise<void>;

/** Lets things through at a bounded rate, without bursts. */
export interface Pace {
  /** Waits for the turn of `size` jobs or messages, which then take their time from those that follow. */
  take(size: number): Promise<void>;
}

export function createPace(
  perSecond: number,
  { clock, sleep, signal }: { clock: Clock; sleep: Sleep; signal: AbortSignal },
): Pace {
  let nextAt = clock.now();
  return {
    async take(size) {
      const now = clock.now();
      const turnAt = Math.max(now, nextAt);
      nextAt = turnAt + (size * 1_000) / perSecond;
      if (turnAt > now) await sleep(turnAt - now, signal);
    },
  };
}
