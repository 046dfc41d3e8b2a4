import { worstOf } from '../agreement/compare.ts';
import type { Thresholds } from '../scenario.ts';
import { TOLD_TO_WAIT } from './beside.ts';
import type { LoadReport } from './report.ts';

export interface Verdict {
  threshold: keyof Thresholds;
  /** Undefined when there is no figure, which keeps no threshold. */
  value: number | undefined;
  max: number;
  ok: boolean;
}

export function judge(
  report: Omit<LoadReport, 'verdicts' | 'ok'>,
  thresholds: Thresholds,
): Verdict[] {
  const { connections, messages, deliveries, latencyMs, storm, posts, pace, beside, agreement } =
    report;
  const refused = Object.values(messages.refused).reduce((sum, count) => sum + count, 0);
  const values: Record<keyof Thresholds, number | undefined> = {
    lost: deliveries.lost,
    duplicated: deliveries.duplicated,
    reordered: deliveries.reordered,
    notLive: connections.notLive,
    refused,
    refusedOtherwise: refused - (messages.refused[TOLD_TO_WAIT] ?? 0),
    p50Ms: latencyMs?.p50,
    p99Ms: latencyMs?.p99,
    p999Ms: latencyMs?.p999,
    secondsToRecover: storm?.secondsToRecover,
    quietRise: beside?.rise?.p99,
    throttled: posts?.throttled,
    aboveBucket: pace && Math.max(0, pace.mostAbove - pace.bucket),
    countsApartPercent: agreement && worstOf(agreement.counts),
    percentilesApartPercent: agreement && worstOf(agreement.percentiles),
    stillGraphs: agreement?.still.unexpected.length,
  };
  const verdicts = (Object.entries(thresholds) as [keyof Thresholds, number | undefined][]).flatMap(
    ([threshold, max]) => {
      // A deployed stack has no dashboard that can be read here, and owes no agreement.
      if (agreement === undefined && OF_AGREEMENT.includes(threshold)) return [];
      const value = values[threshold];
      const isKept = value !== undefined && max !== undefined && value <= max;
      return max === undefined ? [] : [{ threshold, value, max, ok: isKept }];
    },
  );
  return verdicts;
}

const OF_AGREEMENT: readonly (keyof Thresholds)[] = [
  'countsApartPercent',
  'percentilesApartPercent',
  'stillGraphs',
];
