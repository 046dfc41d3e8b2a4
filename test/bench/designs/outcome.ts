import { median, medianRatio } from '../harness.ts';
import { billOf, type Used } from './bill.ts';

/** What came of one run. */
export interface Outcome {
  messages: number;
  /** Since the request, of the last message that was. */
  acknowledgedMs: number;
  /** Until the last member that was reached at all. */
  lastMemberMs: number;
  cpuMs: number;
  posts: number;
  refusedPosts: number;
  /** Members that are there and did not get a message, over all messages. */
  missed: number;
  used: Used;
}

/** The row of a design: medians, and the ratio to ours within each round. */
export function rowOf(
  size: number,
  design: string,
  outcomes: readonly Outcome[],
  ours: readonly Outcome[],
): Record<string, string | number> {
  const values = (read: (outcome: Outcome) => number) => outcomes.map(read);
  const middle = (read: (outcome: Outcome) => number) => median(values(read));
  const timesOurs = (read: (outcome: Outcome) => number) =>
    medianRatio(values(read), ours.map(read));
  const last = (outcome: Outcome) => outcome.lastMemberMs;
  return {
    members: size,
    design,
    'acknowledged ms': middle(({ acknowledgedMs }) => acknowledgedMs),
    'last member ms': middle(last),
    lowest: Math.min(...values(last)),
    highest: Math.max(...values(last)),
    '× ours': timesOurs(last),
    'CPU ms': middle(({ cpuMs }) => cpuMs),
    '× ours ': timesOurs(({ cpuMs }) => cpuMs),
    posts: middle(({ posts }) => posts),
    '429s': middle(({ refusedPosts }) => refusedPosts),
    'missed, all rounds': values(({ missed }) => missed).reduce((sum, missed) => sum + missed, 0),
    'units written': middle(({ used }) => used.unitsWritten),
    'units read': middle(({ used }) => used.unitsRead),
    '$ a million': middle(({ used, messages }) => (billOf(used) / messages) * 1e6),
  };
}
