import { setTimeout as delay } from 'node:timers/promises';

/** Sleeping, as an argument, so that retries are tested without waiting. */
export interface Backoff {
  /** Waits before retry number `attempt` (from 0), in milliseconds, with full jitter. */
  wait(attempt: number, baseMs: number, capMs: number): Promise<void>;
}

/** A random time up to `baseMs` doubled `attempt` times, never above `capMs`. */
export function fullJitterMs(
  attempt: number,
  baseMs: number,
  capMs: number,
  random: number,
): number {
  return random * Math.min(capMs, baseMs * 2 ** attempt);
}

export const jitteredBackoff: Backoff = {
  wait: (attempt, baseMs, capMs) => delay(fullJitterMs(attempt, baseMs, capMs, Math.random())),
};
