import { countOf, quantile } from '../measure/histogram.ts';
import type { MinutesData } from '../measure/minutes.ts';
import type { StackFigures } from '../stack/load-stack.ts';
import type { DashboardChange } from './dashboard-change.ts';
import { AT_REST_WHEN_WELL, GRAPHS } from './graphs.ts';

/** The stack's own figures of a run, beside those of the load. */
export interface Agreement {
  counts: Comparison[];
  percentiles: Comparison[];
  /** Titles of graphs that did not move; `unexpected` are those that do when all is well. */
  still: { atRest: string[]; unexpected: string[] };
}

export interface Comparison {
  figure: string;
  /** Undefined where there is nothing to compare. */
  stack: number | undefined;
  load: number | undefined;
  /** How far the stack's is from the load's. */
  percent: number | undefined;
}

/** What the load has seen of the same. */
export interface SeenByLoad {
  opened: number;
  stored: number;
  delivered: number;
  /** Frames that were pushed, with messages and without. */
  pushes: number;
  messageFrames: number;
  /** From giving a message to the library until its frame arrived, for each frame. */
  pushedMs: MinutesData;
}

const SECONDS_IN_A_MINUTE = 60;

export function compare(change: DashboardChange, seen: SeenByLoad): Agreement {
  const { connections, messages, deliveries, posts, framesPerMessage } = GRAPHS;
  const still = change.still();
  return {
    counts: [
      compared('connections opened', change.sum(connections, 'opened'), seen.opened),
      compared('messages stored', change.sum(messages, 'messages'), seen.stored),
      compared('deliveries owed, made', change.sum(deliveries, 'owed'), seen.delivered),
      compared(
        'frames posted, received',
        change.sum(posts, 'taken') * SECONDS_IN_A_MINUTE,
        seen.pushes,
      ),
      compared(
        'frames per message',
        change.mean([framesPerMessage, 'frames per message'], [messages, 'messages']),
        seen.delivered === 0 ? undefined : seen.messageFrames / seen.delivered,
      ),
    ],
    percentiles: (['p50', 'p99'] as const).map((label) => percentile(change, label, seen.pushedMs)),
    still: {
      atRest: still.filter((title) => AT_REST_WHEN_WELL.includes(title)),
      unexpected: still.filter((title) => !AT_REST_WHEN_WELL.includes(title)),
    },
  };
}

/** The farthest apart; undefined when one of them could not be compared. */
export function worstOf(comparisons: readonly Comparison[]): number | undefined {
  const percents = comparisons.flatMap(({ percent }) => percent ?? []);
  return percents.length < comparisons.length ? undefined : Math.max(0, ...percents);
}

/** For the report, of a stack that tells it nowhere else. */
export function figuresOf(change: DashboardChange): StackFigures {
  const { posts, notTaken, gotNothing, coldStarts } = GRAPHS;
  const [sent, taken] = ['posts', 'taken'].map((label) =>
    Math.round(change.sum(posts, label) * SECONDS_IN_A_MINUTE),
  ) as [number, number];
  const gone = change.sum(notTaken, 'gone');
  const refused = ['frame too large', 'rejected'].map((label) => change.sum(gotNothing, label));
  const other = change.sum(notTaken, 'unanswered') + refused.reduce((sum, count) => sum + count, 0);
  // A dashboard has no statuses: whatever was posted for no other end was told to come back later.
  const throttled = Math.max(0, sent - taken - gone - other);
  const byStatus = { 200: taken, 410: gone, 429: throttled, other };
  return {
    postsByStatus: Object.fromEntries(Object.entries(byStatus).filter(([, count]) => count > 0)),
    coldStarts: change.sumOfAll(coldStarts),
  };
}

function compared(figure: string, stack: number | undefined, load: number | undefined): Comparison {
  if (stack === undefined || load === undefined) return { figure, stack, load, percent: undefined };
  const apart = Math.abs(stack - load);
  return { figure, stack, load, percent: apart === 0 ? 0 : (100 * apart) / Math.abs(load) };
}

/**
 * Percentiles of minutes cannot be added up, so each minute is held against the same minute: what is
 * compared is their mean, weighted by the frames that arrived in each.
 */
function percentile(
  change: DashboardChange,
  label: 'p50' | 'p99',
  pushedMs: MinutesData,
): Comparison {
  const shown = change.minutes(GRAPHS.latency, label);
  const minutes = Object.entries(pushedMs).filter(([startMs]) => shown.has(Number(startMs)));
  const share = label === 'p50' ? 0.5 : 0.99;
  const by = (value: (entry: (typeof minutes)[number]) => number) =>
    new Map(minutes.map((entry) => [Number(entry[0]), value(entry)]));
  const weights = by(([, data]) => countOf(data));
  return compared(
    `pushed after, ${label}`,
    weighted(shown, weights),
    weighted(
      by(([, data]) => quantile(data, share)),
      weights,
    ),
  );
}

function weighted(
  values: ReadonlyMap<number, number>,
  weights: ReadonlyMap<number, number>,
): number | undefined {
  let [sum, total] = [0, 0];
  for (const [startMs, weight] of weights) {
    const value = values.get(startMs);
    if (value === undefined) continue;
    sum += value * weight;
    total += weight;
  }
  return total === 0 ? undefined : sum / total;
}
