import type { Conducted } from '../conduct.ts';
import { type Quantiles, quantilesOf } from '../measure/histogram.ts';
import { type IntervalSeen, mergeIntervals, type Observations } from '../measure/observations.ts';

/** What quiet rooms noticed of a hot one; of messages that were meant to be sent after the warm-up. */
export interface BesideReport {
  alone: Quantiles | undefined;
  beside: Quantiles | undefined;
  /** The second as a multiple of the first. */
  rise: { p50: number; p99: number } | undefined;
  /** Of the whole time, as far as it is counted. */
  hot: {
    offered: number;
    stored: number;
    /** Answers that told a sender to wait; the library sends again by itself. */
    toldToWait: number;
    latencyMs: Quantiles | undefined;
  };
}

export interface BesideSettings {
  warmUpSeconds: number;
  intervalMs: number;
}

export function toBesideReport(
  { alone, quiet, hot }: NonNullable<Conducted['beside']>,
  settings: BesideSettings,
): BesideReport {
  const before = latenciesOf(alone, settings);
  const after = latenciesOf(quiet, settings);
  const { offered, stored } = mergeIntervals(hot.talks.flatMap(({ intervals }) => intervals));
  return {
    alone: before,
    beside: after,
    rise:
      before === undefined || after === undefined
        ? undefined
        : { p50: after.p50 / before.p50, p99: after.p99 / before.p99 },
    hot: {
      offered,
      stored,
      toldToWait: hot.errors[TOLD_TO_WAIT] ?? 0,
      latencyMs: latenciesOf(hot, settings),
    },
  };
}

export const TOLD_TO_WAIT = 'RATE_LIMITED';

function latenciesOf(
  { talks }: Observations,
  { warmUpSeconds, intervalMs }: BesideSettings,
): Quantiles | undefined {
  const first = Math.ceil((warmUpSeconds * 1_000) / intervalMs);
  const judged = talks.flatMap(({ intervals }): IntervalSeen[] => intervals.slice(first));
  return quantilesOf(mergeIntervals(judged).latencyMs);
}
