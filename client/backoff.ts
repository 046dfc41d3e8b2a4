/**
 * Full jitter: anything from 0 to a bound that doubles with each attempt, so that clients that were
 * cut off together do not come back together.
 *
 * @param attempt 0 for the first one
 */
export function fullJitterMs(
  attempt: number,
  { baseMs, maxMs }: { baseMs: number; maxMs: number },
  random: () => number,
): number {
  return random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
}
