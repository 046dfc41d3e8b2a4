import { createHistogram, type Histogram, type HistogramData, sumHistograms } from './histogram.ts';

const MINUTE_MS = 60_000;

/** Durations by the minute in which they ended, as a dashboard has them. */
export interface Minutes {
  record(at: number, ms: number): void;
  data(): MinutesData;
}

/** By the start of the minute, in milliseconds since the epoch. */
export type MinutesData = Record<string, HistogramData>;

export function createMinutes(): Minutes {
  const minutes = new Map<number, Histogram>();
  return {
    record(at, ms) {
      const start = Math.floor(at / MINUTE_MS) * MINUTE_MS;
      const histogram = minutes.get(start) ?? createHistogram();
      minutes.set(start, histogram);
      histogram.record(ms);
    },
    data: () =>
      Object.fromEntries(Array.from(minutes, ([start, histogram]) => [start, histogram.data()])),
  };
}

export function mergeMinutes(parts: readonly MinutesData[]): MinutesData {
  const byStart = Map.groupBy(parts.flatMap(Object.entries), ([start]) => start);
  return Object.fromEntries(
    Array.from(byStart, ([start, entries]) => [
      start,
      sumHistograms(entries.map(([, histogram]) => histogram)),
    ]),
  );
}
