/**
 * How long to wait before an attempt, in milliseconds; 0 is the first one. `retryAfterMs` is what the
 * server asks for, if it does.
 */
export type Backoff = (attempt: number, retryAfterMs?: number) => number;

/**
 * Full jitter: anything from 0 to a bound that doubles with each attempt, so that clients that were
 * cut off together do not come back together. Nor do those that were refused together: they spread
 * over as long again as they were asked to wait.
 */
export function fullJitter(baseMs: number, maxMs: number, random: () => number): Backoff {
  return (attempt, retryAfterMs) =>
    retryAfterMs === undefined
      ? random() * Math.min(maxMs, baseMs * 2 ** attempt)
      : retryAfterMs * (1 + random());
}
