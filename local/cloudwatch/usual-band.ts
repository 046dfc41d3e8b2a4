/** What is usual, from the lowest to the highest. */
export interface Band {
  lower: number;
  upper: number;
}

/** With fewer datapoints nothing can be said about what is usual. */
export const FEWEST_LEARNED = 15;

/**
 * Mean and standard deviation of what has been seen. CloudWatch learns hours and weekdays from two
 * weeks of data by a model that it does not publish; this knows three hours, and nothing of either.
 *
 * @param learned values from before those that are judged
 */
export function usualBand(learned: readonly number[], deviations: number): Band | undefined {
  if (learned.length < FEWEST_LEARNED) return undefined;
  const mean = learned.reduce((sum, value) => sum + value, 0) / learned.length;
  const squares = learned.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const width = deviations * Math.sqrt(squares / learned.length);
  return { lower: mean - width, upper: mean + width };
}
