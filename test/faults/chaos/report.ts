import { createLatencies } from '../../load/latencies.ts';
import { check } from '../checker/check.ts';
import type { HistoryEvent } from '../checker/history.ts';
import type { Violation } from '../checker/verdict.ts';
import { HISTORY_READER } from './read-history.ts';
import type { ChaosRun } from './run.ts';

export interface ChaosReport {
  /** What is printed. */
  rows: Record<string, number | Record<string, number>>;
  violations: readonly Violation[];
  /** False when too little broke to show anything. */
  isThorough: boolean;
}

/** Fewer would not be what the promise is about. */
const KINDS_MIN = 5;

export function reportOn({ history, final, ...run }: ChaosRun): ChaosReport {
  const { violations, counts } = check(history, final);
  const { sent, acknowledged, refused, stored, voids, lost, duplicated, reordered } = counts;
  const overHttp = history.filter(
    (event) => event.kind === 'shown' && event.client === HISTORY_READER,
  ).length;
  const injected = Object.values(counts.faults).reduce((sum, count) => sum + count, 0);
  const kinds = Object.keys(counts.faults).length;
  const postsByStatus = Object.entries(run.postsByStatus).map(
    ([status, count]) => [`answered ${status}`, count] as const,
  );
  return {
    rows: {
      faults: { planned: run.planned, injected, kinds, ...counts.faults },
      messages: { sent, acknowledged, refused, stored, voids },
      shown: { 'to clients': counts.shown - overHttp, 'over HTTP': overHttp },
      posts: { all: counts.posted, ...Object.fromEntries(postsByStatus) },
      'sent to shown, ms': sentTo('shown', history),
      'sent to acknowledged, ms': sentTo('acknowledged', history),
      'seconds to catch up': Math.round(run.quietSeconds),
      'problems told': run.problems.length,
      verdict: { lost, duplicated, reordered, violations: violations.length },
    },
    violations,
    isThorough: injected >= run.planned / 2 && kinds >= KINDS_MIN,
  };
}

/** Outages included: from the call of the application until its message is shown, or acknowledged. */
function sentTo(kind: 'shown' | 'acknowledged', history: readonly HistoryEvent[]) {
  const sentAt = new Map<string, number>();
  const latencies = createLatencies();
  for (const event of history) {
    if (event.kind === 'sending') sentAt.set(event.clientMessageId, event.at);
    else if (event.kind === kind && event.client !== HISTORY_READER) {
      const from = sentAt.get(event.clientMessageId ?? '');
      if (from !== undefined) latencies.record(event.at - from);
    }
  }
  const { p50, p99, max } = latencies.summary();
  return { p50: Math.round(p50), p99: Math.round(p99), max: Math.round(max) };
}
