/** Collects durations in milliseconds and tells their quantiles. */
export interface Latencies {
  record(ms: number): void;
  summary(): { count: number; p50: number; p99: number; p999: number; max: number };
}

export function createLatencies(): Latencies {
  const values: number[] = [];
  return {
    record: (ms) => {
      values.push(ms);
    },
    summary: () => {
      const sorted = Float64Array.from(values).sort();
      /** Nearest rank: the smallest value that at least this share of all does not exceed. */
      const quantile = (share: number) =>
        sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
      return {
        count: sorted.length,
        p50: quantile(0.5),
        p99: quantile(0.99),
        p999: quantile(0.999),
        max: sorted.at(-1) ?? Number.NaN,
      };
    },
  };
}
