import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DashboardChange } from '../../load/agreement/dashboard-change.ts';
import type { Conducted } from '../../load/conduct.ts';
import type { Observations } from '../../load/measure/observations.ts';
import { createReport, type LoadReport, type ReportOptions } from '../../load/report/report.ts';
import { toHtml } from '../../load/report/to-html.ts';
import { toRows, toStillLines, toVerdictLines } from '../../load/report/to-rows.ts';
import { readScenario, type Scenario } from '../../load/scenario.ts';
import { latencies, perfect } from './observed.ts';

describe('the report of a load test', () => {
  let observations: Observations;
  let scenario: Scenario;
  beforeEach(() => {
    observations = perfect();
    scenario = readScenario('hot-room', { members: 2, rate: 1, seconds: 10 });
  });

  const options = (conducted: Partial<Conducted> = {}): ReportOptions => ({
    name: 'hot-room',
    scenario,
    driver: 'own',
    stack: 'a stack',
    startedAt: new Date(1_000_000),
    machine: 'two cores',
    intervalMs: 1_000,
    conducted: { observations, rates: [1], isInterrupted: false, ...conducted },
    figures: undefined,
    dashboard: undefined,
  });
  const report = (
    conducted: Partial<Conducted> = {},
    figures?: LoadReport['posts'],
    dashboard?: DashboardChange,
  ): LoadReport =>
    createReport({
      ...options(conducted),
      dashboard,
      figures: figures && { postsByStatus: figures.byStatus, coldStarts: 3 },
    });

  it('counts what was offered, stored and delivered, and how fast', () => {
    expect(report()).toMatchObject({
      connections: { wanted: 2, live: 2, notLive: 0, attempts: 2 },
      messages: { offered: 10, offeredPerSecond: 1, stored: 10, storedPerSecond: 1 },
      deliveries: { expected: 20, delivered: 20, perSecond: 2, lost: 0 },
      latencyMs: { count: 20, p50: 100, p99: 300, max: 300 },
      frames: { received: 10, perMemberAndMessage: 0.5 },
      ok: true,
    });
  });

  it('takes the time until the last delivery, when that is longer, for the rate of deliveries', () => {
    for (const talk of observations.talks) talk.lastDeliveryAt += 10_000;

    expect(report().deliveries.perSecond).toBe(1);
    expect(report().messages.storedPerSecond).toBe(1);
  });

  it.each<[string, (seen: Observations) => void, object]>([
    [
      'lost',
      ({ members: [first] }) => first?.shown.splice(0, 1, [1, 4], [6, 10]),
      { lost: 1, duplicated: 0 },
    ],
    [
      'shown twice',
      ({ members: [first] }) => Object.assign(first ?? {}, { duplicated: 1 }),
      { lost: 0, duplicated: 1 },
    ],
    [
      'out of order',
      ({ members: [first] }) => Object.assign(first ?? {}, { reordered: 1 }),
      { lost: 0, reordered: 1 },
    ],
  ])('fails when a message was %s', (_, spoil, expected) => {
    spoil(observations);

    expect(report()).toMatchObject({ deliveries: expected, ok: false });
  });

  it('owes a member only what was stored after it came', () => {
    const [first] = observations.members;
    Object.assign(first ?? {}, { since: 8, shown: [[9, 10]] });

    expect(report().deliveries).toMatchObject({ expected: 12, delivered: 12, lost: 0 });
  });

  it('fails when a member never came in, whether or not it was tried', () => {
    const [first] = observations.members;
    Object.assign(first ?? {}, { since: undefined, shown: [] });
    expect(report()).toMatchObject({ connections: { live: 1, notLive: 1 }, ok: false });

    observations.members.shift();
    expect(report()).toMatchObject({ connections: { live: 1, notLive: 1 }, ok: false });
  });

  it('fails when sends were refused, and says with which codes', () => {
    observations.refused = { RATE_LIMITED: 2, OUTBOX_FULL: 1 };

    expect(report().ok).toBe(false);
    expect(Object.fromEntries(toRows(report()))['messages stored']).toContain(
      'refused: 2 × RATE_LIMITED, 1 × OUTBOX_FULL',
    );
  });

  it('fails when a latency is above its threshold, or there is none', () => {
    scenario.thresholds.p99Ms = 299;
    expect(report().verdicts).toContainEqual({
      threshold: 'p99Ms',
      value: 300,
      max: 299,
      ok: false,
    });
    scenario.thresholds.p99Ms = 300;
    expect(report().ok).toBe(true);

    for (const talk of observations.talks) talk.intervals = [];
    expect(report().verdicts).toContainEqual({
      threshold: 'p99Ms',
      value: undefined,
      max: 300,
      ok: false,
    });
  });

  it('fails when the dashboard of the stack shows something else, and owes nothing without one', () => {
    Object.assign(scenario.thresholds, {
      countsApartPercent: 2,
      percentilesApartPercent: 10,
      stillGraphs: 0,
    });
    expect(report().ok).toBe(true);

    const owed = (sum: number): DashboardChange => ({
      sum: (_, label) => ({ opened: 2, messages: 10, owed: sum, taken: 12 / 60 })[label] ?? 0,
      sumOfAll: () => 0,
      mean: () => 0.5,
      minutes: (_, label) => new Map([[960_000, { p50: 80, p99: 250 }[label] ?? 0]]),
      still: () => ['Poison'],
    });
    expect(report({}, undefined, owed(20)).ok).toBe(true);
    expect(report({}, undefined, owed(21)).verdicts).toContainEqual({
      threshold: 'countsApartPercent',
      value: 5,
      max: 2,
      ok: false,
    });
    const still: DashboardChange = { ...owed(20), still: () => ['Poison', 'Messages'] };
    expect(report({}, undefined, still)).toMatchObject({
      agreement: { still: { unexpected: ['Messages'] } },
      ok: false,
    });
    expect(toStillLines(report({}, undefined, still))[0]).toMatch(/did not move: Messages\.$/);
    expect(toHtml(report({}, undefined, still))).toContain('The stack’s own figures');
  });

  it('fails when not everybody recovered from the cut', () => {
    scenario.thresholds.secondsToRecover = 10;
    const storm = { secondsToRecover: undefined, attempts: 9, failedAttempts: { 429: 7 } };

    expect(report({ storm })).toMatchObject({ storm: { attemptsPerClient: 4.5 }, ok: false });
    expect(report({ storm: { ...storm, secondsToRecover: 9 } }).ok).toBe(true);
  });

  it('fails when sends were refused for another reason than that the room is full', () => {
    scenario.thresholds = { ...scenario.thresholds, refused: undefined, refusedOtherwise: 0 };
    observations.refused = { RATE_LIMITED: 2 };
    expect(report().ok).toBe(true);

    observations.refused = { RATE_LIMITED: 2, CONFLICT: 1 };
    expect(report()).toMatchObject({ ok: false });
  });

  it('expects the quiet members twice, beside those of the hot room', () => {
    scenario = readScenario('beside', { members: 50, hotMembers: 7 });

    expect(report().connections).toMatchObject({ wanted: 107, live: 2, notLive: 105 });
  });

  it('fails when the quiet rooms are much slower beside the hot one', () => {
    scenario.thresholds.quietRise = 1.5;
    const beside = { alone: perfect(), quiet: perfect(), hot: perfect() };
    expect(report({ beside })).toMatchObject({ beside: { rise: { p99: 1 } }, ok: true });

    for (const interval of beside.quiet.talks[0]?.intervals ?? []) {
      interval.latencyMs = latencies(451);
    }
    expect(report({ beside }).ok).toBe(false);
  });

  it('fails when more was posted at any time than the rate and the bucket allow', () => {
    scenario.thresholds.aboveBucket = 0;
    const withPace = (mostAbove: number) => {
      const pace = { postsPerSecond: 1_000, mostAbove, busiestSecond: 1_400 };
      return createReport({ ...options(), figures: { postsByStatus: {}, coldStarts: 0, pace } });
    };
    expect(withPace(500)).toMatchObject({ pace: { bucket: 500 }, ok: true });
    expect(withPace(501).ok).toBe(false);
  });

  it('judges nothing when it was interrupted', () => {
    observations.refused = { CLOSED: 1 };
    const interrupted = report({ isInterrupted: true });

    expect(interrupted.verdicts).toEqual([]);
    expect(toVerdictLines(interrupted)).toEqual([expect.stringContaining('Interrupted')]);
  });

  it('says of posts what the stack says, and that it does not know otherwise', () => {
    const posts = { total: 25, throttled: 5, byStatus: { 200: 20, 429: 5 } };

    expect(report({}, posts)).toMatchObject({ posts, coldStarts: 3 });
    expect(report().posts).toBeUndefined();
    expect(Object.fromEntries(toRows(report())).posts).toMatch(/^unknown/);
  });

  it('costs more the more frames there were for the same messages', () => {
    const packed = report().cost?.perMillionMessages ?? 0;
    observations.frames = 20;
    const loose = report().cost?.perMillionMessages ?? 0;

    // A million frames more are a dollar, and the fan-outs and deliveries that bring them.
    expect(loose - packed).toBeGreaterThan(1);
    expect(loose - packed).toBeLessThan(3);
  });

  it('costs beside a hot room what both kinds of rooms cost together, and not what was alone', () => {
    const costOfMessages = (beside?: Conducted['beside']) =>
      report(beside && { beside }).cost?.perMillionMessages ?? 0;
    const loose = { ...perfect(), frames: 20 };
    const packedCost = costOfMessages();
    observations = loose;
    const looseCost = costOfMessages();

    expect(costOfMessages({ alone: loose, quiet: perfect(), hot: perfect() })).toBeCloseTo(
      packedCost,
    );
    expect(costOfMessages({ alone: perfect(), quiet: perfect(), hot: loose })).toBeCloseTo(
      (packedCost + looseCost) / 2,
    );
    expect(costOfMessages({ alone: perfect(), quiet: loose, hot: loose })).toBeCloseTo(looseCost);
  });

  it('has a row for each rate of a rising one', () => {
    scenario = readScenario('rising', { members: 2, rate: 1, seconds: 10 });
    observations.talks.push(...perfect().talks);

    expect(report({ rates: [1, 1.5] }).steps).toMatchObject([
      { rate: 1, stored: 10, deliveriesPerSecond: 2 },
      { rate: 1.5, stored: 10, deliveriesPerSecond: 2 },
    ]);
  });

  it('is a page that needs nothing else, and shows what it is given as text', () => {
    const html = toHtml({ ...report(), stack: '<script>alert(1)</script>' });

    expect(html).not.toMatch(/<script|<link|\bsrc=|https?:/);
    expect(html).toContain('&lt;script&gt;');
    expect(html.match(/<svg/g)).toHaveLength(3);
    expect(html).toContain('prefers-color-scheme: dark');
  });
});
