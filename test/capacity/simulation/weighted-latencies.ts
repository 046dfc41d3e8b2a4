/** Durations that count for many, and their quantiles, to within two percent. */
export interface WeightedLatencies {
  record(ms: number, weight: number): void;
  /** Of something that had not ended when the run did: longer than any other. */
  recordUnended(weight: number): void;
  readonly weight: number;
  /** In milliseconds; undefined when it lies among what had not ended, or when there is nothing. */
  quantile(share: number): number | undefined;
}

const STEP = Math.log(1.02);

export function createWeightedLatencies(): WeightedLatencies {
  const buckets: number[] = [];
  let ended = 0;
  let unended = 0;
  return {
    record(ms, weight) {
      const bucket = Math.floor(Math.log1p(Math.max(0, ms)) / STEP);
      buckets[bucket] = (buckets[bucket] ?? 0) + weight;
      ended += weight;
    },
    recordUnended(weight) {
      unended += weight;
    },
    get weight() {
      return ended + unended;
    },
    quantile(share) {
      const rank = share * (ended + unended);
      if (ended === 0 || rank > ended) return undefined;
      let below = 0;
      for (const [bucket, weight = 0] of buckets.entries()) {
        below += weight;
        if (weight > 0 && below >= rank) return Math.expm1((bucket + 0.5) * STEP);
      }
      return undefined;
    },
  };
}
