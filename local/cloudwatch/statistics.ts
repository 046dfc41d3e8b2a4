/** What was measured in one period, as CloudWatch keeps it: a summary, and how often each value came. */
export interface SampleSet {
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  /** Value → how often; kept only where somebody asks for a percentile. */
  values?: Map<number, number>;
  /** The same in ascending order, as long as nothing is added. */
  ascending?: [value: number, times: number][] | undefined;
}

export type Statistic = (samples: SampleSet) => number;

const PERCENTILE = /^p(\d{1,2}(?:\.\d+)?|100)$/;

const SIMPLE: Record<string, Statistic> = {
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
  SampleCount: ({ count }) => count,
};

export const needsValues = (statistic: string): boolean => PERCENTILE.test(statistic);

/** @throws Error for a statistic that the local runtime does not know */
export function parseStatistic(statistic: string): Statistic {
  const simple = SIMPLE[statistic];
  if (simple !== undefined) return simple;
  const percent = PERCENTILE.exec(statistic)?.[1];
  if (percent === undefined) {
    const known = [...Object.keys(SIMPLE), 'p0 to p100'].join(', ');
    throw new Error(`The statistic "${statistic}" is not known here, only ${known}.`);
  }
  return (samples) => percentile(samples, Number(percent));
}

export function createSampleSet(keepsValues: boolean): SampleSet {
  return {
    count: 0,
    sum: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    ...(keepsValues && { values: new Map() }),
  };
}

export function addSample(samples: SampleSet, value: number, times = 1): void {
  samples.count += times;
  samples.sum += value * times;
  if (value < samples.minimum) samples.minimum = value;
  if (value > samples.maximum) samples.maximum = value;
  if (samples.values === undefined) return;
  const kept = toThreeDigits(value);
  samples.values.set(kept, (samples.values.get(kept) ?? 0) + times);
  samples.ascending = undefined;
}

/** Periods of several minutes are made of their minutes. */
export function mergeSamples(sets: readonly SampleSet[]): SampleSet {
  const [first] = sets;
  if (sets.length === 1 && first !== undefined) return first;
  const merged = createSampleSet(sets.some(({ values }) => values !== undefined));
  for (const { count, sum, minimum, maximum, values = [] } of sets) {
    merged.count += count;
    merged.sum += sum;
    merged.minimum = Math.min(merged.minimum, minimum);
    merged.maximum = Math.max(merged.maximum, maximum);
    for (const [value, times] of values) {
      merged.values?.set(value, (merged.values.get(value) ?? 0) + times);
    }
  }
  return merged;
}

/** The smallest value that so many per cent of all are no larger than. */
function percentile(samples: SampleSet, percent: number): number {
  samples.ascending ??= [...(samples.values ?? [])].sort(([a], [b]) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * samples.count));
  let seen = 0;
  for (const [value, times] of samples.ascending) {
    seen += times;
    if (seen >= rank) return Math.min(Math.max(value, samples.minimum), samples.maximum);
  }
  return Number.NaN;
}

/**
 * A thousand different values for each power of ten, however many are measured: half a per cent is as
 * far as a percentile can be off. Whole numbers below a thousand stay what they are.
 */
function toThreeDigits(value: number): number {
  if (value === 0 || (Number.isInteger(value) && Math.abs(value) < 1_000)) return value;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  return Math.round(value / step) * step;
}
