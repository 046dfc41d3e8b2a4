/** Durations in milliseconds and how often each occurred, so that millions take little memory. */
export interface Histogram {
  record(ms: number): void;
  add(other: HistogramData): void;
  data(): HistogramData;
}

/** As threads and processes hand it over. */
export interface HistogramData {
  /** Of durations rounded to three digits that count. */
  counts: [ms: number, count: number][];
  /** Not rounded; 0 when there are none. */
  max: number;
}

export interface Quantiles {
  count: number;
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

export function createHistogram(): Histogram {
  const counts = new Map<number, number>();
  let max = 0;
  return {
    record(ms) {
      const rounded = toThreeDigits(ms);
      counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
      max = Math.max(max, ms);
    },
    add(other) {
      for (const [ms, count] of other.counts) counts.set(ms, (counts.get(ms) ?? 0) + count);
      max = Math.max(max, other.max);
    },
    data: () => ({ counts: [...counts].sort(([a], [b]) => a - b), max }),
  };
}

export function sumHistograms(parts: readonly HistogramData[]): HistogramData {
  const sum = createHistogram();
  for (const part of parts) sum.add(part);
  return sum.data();
}

/** Undefined when nothing was recorded: no figure is better than an invented one. */
export function quantilesOf(data: HistogramData): Quantiles | undefined {
  const count = countOf(data);
  if (count === 0) return undefined;
  const [p50 = 0, p99 = 0, p999 = 0] = [0.5, 0.99, 0.999].map((share) => quantile(data, share));
  return { count, p50, p99, p999, max: data.max };
}

export const countOf = ({ counts }: HistogramData): number =>
  counts.reduce((sum, [, count]) => sum + count, 0);

/** Nearest rank: the smallest value that at least this share of all does not exceed. */
export function quantile(data: HistogramData, share: number): number {
  const rank = Math.ceil(share * countOf(data));
  let passed = 0;
  for (const [ms, count] of data.counts) {
    passed += count;
    if (passed >= rank) return Math.min(ms, data.max);
  }
  return data.max;
}

/** Nothing happens before it was meant to, but the clocks of two threads differ by a little. */
function toThreeDigits(ms: number): number {
  if (ms < 0.01) return 0;
  // Millions are recorded: by way of a text it would take ten times as long.
  let parts = 1;
  while (ms * parts < 100) parts *= 10;
  let unit = 1;
  while (ms / unit >= 1_000) unit *= 10;
  return (Math.round((ms / unit) * parts) * unit) / parts;
}
