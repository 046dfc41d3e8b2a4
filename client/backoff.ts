/** How long to wait before an attempt, in milliseconds; 0 is the first one. */
export type Backoff = (attempt: number) => number;

/**
 * Full jitter: anything from 0 to a bound that doubles with each attempt, so that clients that were
 * cut off together do not come back together.
 */
export function fullJitter(baseMs: number, maxMs: number, random: () => number): Backoff {
  return (attempt) => random() * Math.min(maxMs, baseMs * 2 ** attempt);
}
