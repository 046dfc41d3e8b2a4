import { describe, expect, it } from '@jest/globals';
import { compare, figuresOf, type SeenByLoad, worstOf } from '../../load/agreement/compare.ts';
import { changeBetween } from '../../load/agreement/dashboard-change.ts';
import type { DashboardReading } from '../../load/agreement/dashboard-reading.ts';
import { GRAPHS } from '../../load/agreement/graphs.ts';
import { createHistogram } from '../../load/measure/histogram.ts';

const MINUTE_MS = 60_000;
/** The run begins in the middle of this minute, in which a run before it has ended. */
const FIRST = 100 * MINUTE_MS;
const [SECOND, THIRD] = [FIRST + MINUTE_MS, FIRST + 2 * MINUTE_MS];

type Points = [startMs: number, value: number][];

/** Ten messages in a room of four: by graph and line, what was there before and what is there after. */
const SHOWN: Record<string, Record<string, [before: Points, after: Points]>> = {
  [GRAPHS.connections]: { opened: [[[FIRST, 3]], [[FIRST, 7]]] },
  [GRAPHS.messages]: {
    messages: [
      [[FIRST, 5]],
      [
        [FIRST, 5],
        [SECOND, 6],
        [THIRD, 4],
      ],
    ],
  },
  [GRAPHS.deliveries]: {
    owed: [
      [[FIRST, 5]],
      [
        [FIRST, 5],
        [SECOND, 24],
        [THIRD, 16],
      ],
    ],
  },
  [GRAPHS.posts]: {
    posts: [
      [[FIRST, 0.1]],
      [
        [FIRST, 0.1],
        [SECOND, 0.5],
        [THIRD, 0.25],
      ],
    ],
    taken: [
      [[FIRST, 0.1]],
      [
        [FIRST, 0.1],
        [SECOND, 0.4],
        [THIRD, 0.2],
      ],
    ],
  },
  [GRAPHS.framesPerMessage]: {
    'frames per message': [
      [[FIRST, 9]],
      [
        [FIRST, 9],
        [SECOND, 1],
        [THIRD, 0.5],
      ],
    ],
  },
  [GRAPHS.latency]: {
    p50: [
      [[FIRST, 9_000]],
      [
        [FIRST, 9_000],
        [SECOND, 100],
        [THIRD, 200],
      ],
    ],
    p99: [
      [[FIRST, 9_000]],
      [
        [FIRST, 9_000],
        [SECOND, 300],
        [THIRD, 400],
      ],
    ],
  },
  [GRAPHS.notTaken]: { gone: [[], [[SECOND, 2]]], unanswered: [[], [[SECOND, 1]]] },
  [GRAPHS.gotNothing]: { 'frame too large': [[], []], rejected: [[], []] },
  [GRAPHS.coldStarts]: { send: [[], [[SECOND, 2]]], deliver: [[[FIRST, 4]], [[FIRST, 5]]] },
  'Dead letters': {
    'delivery DLQ': [
      [[FIRST, 0]],
      [
        [FIRST, 0],
        [SECOND, 0],
      ],
    ],
  },
  'Age of the streams (ms)': { fanOut: [[[FIRST, 12]], [[FIRST, 12]]] },
};

function reading(index: 0 | 1, now: number): DashboardReading {
  const graphs = Object.entries(SHOWN).map(([title, lines]) => ({
    title,
    series: Object.entries(lines).map(([label, states]) => ({ label, points: states[index] })),
  }));
  return { now, graphs };
}

const before = reading(0, FIRST + 30_000);

function change() {
  const between = changeBetween(before, reading(1, THIRD + 30_000));
  if (between === undefined) throw new Error('The dashboard remembers the run.');
  return between;
}

const latencies = (...values: number[]) => {
  const histogram = createHistogram();
  for (const value of values) histogram.record(value);
  return histogram.data();
};

const seen = (): SeenByLoad => ({
  opened: 4,
  stored: 10,
  delivered: 40,
  pushes: 36,
  messageFrames: 32,
  pushedMs: { [SECOND]: latencies(100, 100, 300), [THIRD]: latencies(400) },
});

describe('the agreement of dashboard and load', () => {
  it('holds the counts of the run, without those before it, against those of the load', () => {
    const { counts } = compare(change(), seen());

    expect(counts.map(({ figure, stack, load }) => [figure, stack, load])).toEqual([
      ['connections opened', 4, 4],
      ['messages stored', 10, 10],
      ['deliveries owed, made', 40, 40],
      ['frames posted, received', expect.closeTo(36), 36],
      ['frames per message', expect.closeTo(0.8), 0.8],
    ]);
    expect(worstOf(counts)).toBeCloseTo(0);
  });

  it('finds a message that only one of them has counted', () => {
    const { counts } = compare(change(), { ...seen(), stored: 9, delivered: 36 });

    expect(worstOf(counts)).toBeCloseTo(100 / 9);
  });

  it('weighs the percentiles of each minute by the frames that arrived in it', () => {
    const { percentiles } = compare(change(), seen());

    expect(percentiles).toMatchObject([
      { figure: 'pushed after, p50', stack: 125, load: 175, percent: expect.closeTo(28.57, 2) },
      { figure: 'pushed after, p99', stack: 325, load: 325, percent: 0 },
    ]);
  });

  it('leaves out a minute that has figures of before the run', () => {
    const pushedMs = { ...seen().pushedMs, [FIRST]: latencies(1, 1, 1, 1) };

    expect(compare(change(), { ...seen(), pushedMs }).percentiles).toEqual(
      compare(change(), seen()).percentiles,
    );
  });

  it('has no figure for the worst when one could not be compared', () => {
    const { percentiles } = compare(change(), { ...seen(), pushedMs: {} });

    expect(percentiles).toContainEqual({ figure: 'pushed after, p50' });
    expect(worstOf(percentiles)).toBeUndefined();
  });

  it('tells graphs that should have moved from those that are at rest when all is well', () => {
    expect(compare(change(), seen()).still).toEqual({
      atRest: [GRAPHS.gotNothing, 'Dead letters'],
      unexpected: ['Age of the streams (ms)'],
    });
  });

  it('tells posts by how they ended, and counts what is left as refused', () => {
    expect(figuresOf(change())).toEqual({
      postsByStatus: { 200: 36, 410: 2, 429: 6, other: 1 },
      coldStarts: 3,
    });
  });

  it('names a line that the dashboard does not have', () => {
    expect(() => change().sum('Messages (a minute)', 'letters')).toThrow(
      'The dashboard shows no "letters" in "Messages (a minute)".',
    );
  });

  it('knows nothing of a run that began before what the stack remembers', () => {
    expect(changeBetween(before, reading(1, FIRST + 180 * MINUTE_MS))).toBeUndefined();
  });
});
