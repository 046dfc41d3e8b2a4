import { BURST_SECONDS } from '../../../services/messages/3-deliver/pace.ts';
import { type Agreement, compare } from '../agreement/compare.ts';
import type { DashboardChange } from '../agreement/dashboard-change.ts';
import type { Conducted } from '../conduct.ts';
import { countDeliveries } from '../measure/count-deliveries.ts';
import { type Quantiles, quantilesOf } from '../measure/histogram.ts';
import { mergeIntervals, type Observations, type TalkSeen } from '../measure/observations.ts';
import type { PostPace } from '../measure/post-watch.ts';
import type { Scenario, Shape } from '../scenario.ts';
import type { StackFigures } from '../stack/load-stack.ts';
import { type BesideReport, toBesideReport } from './beside.ts';
import { type CostPart, costOf, countDelivered, type LoadCost } from './cost.ts';
import { judge, type Verdict } from './thresholds.ts';

/** What one run found; the same for every driver. Durations are milliseconds. */
export interface LoadReport {
  scenario: string;
  description: string;
  driver: 'own' | 'artillery';
  stack: string;
  /** ISO 8601 UTC. */
  startedAt: string;
  machine: string;
  shape: Shape;
  /** Ctrl-C: everything is as far as it came, and nothing was judged. */
  isInterrupted: boolean;
  connections: {
    wanted: number;
    live: number;
    notLive: number;
    attempts: number;
    /** By the status of the answer. */
    failedAttempts: Record<string, number>;
    enterMs: Quantiles | undefined;
  };
  messages: {
    offered: number;
    offeredPerSecond: number;
    stored: number;
    storedPerSecond: number;
    /** Not acknowledged, by the code of the error. */
    refused: Record<string, number>;
    storedMs: Quantiles | undefined;
  };
  deliveries: {
    expected: number;
    delivered: number;
    perSecond: number;
    lost: number;
    duplicated: number;
    reordered: number;
    gapsRepaired: number;
    resets: number;
  };
  /** From the moment the schedule wanted the message sent to each application that was shown it. */
  latencyMs: Quantiles | undefined;
  frames: { received: number; perMemberAndMessage: number | undefined };
  /** Undefined where the stack cannot be asked. */
  posts: { total: number; throttled: number; byStatus: Record<string, number> } | undefined;
  coldStarts: number | undefined;
  /** Where the stack was told what it may post; `bucket` is what may go at once besides. */
  pace?: PostPace & { bucket: number };
  /** Undefined where the stack has no dashboard on this machine, or the run was interrupted. */
  agreement: Agreement | undefined;
  cost: LoadCost | undefined;
  beside?: BesideReport;
  storm?: {
    secondsToRecover: number | undefined;
    attemptsPerClient: number;
    failedAttempts: Record<string, number>;
  };
  /** With a rising rate: the first with cold functions, the last two with one that was too high. */
  steps?: StepReport[];
  series: SeriesPoint[];
  verdicts: Verdict[];
  ok: boolean;
}

export interface StepReport {
  /** Messages per second in each room. */
  rate: number;
  offered: number;
  stored: number;
  delivered: number;
  deliveriesPerSecond: number;
  latencyMs: Quantiles | undefined;
}

export interface SeriesPoint {
  /** Since the first message was wanted. */
  second: number;
  offeredPerSecond: number;
  storedPerSecond: number;
  deliveredPerSecond: number;
  latencyMs: Quantiles | undefined;
}

export interface ReportOptions {
  name: string;
  scenario: Scenario;
  driver: LoadReport['driver'];
  stack: string;
  startedAt: Date;
  machine: string;
  intervalMs: number;
  conducted: Conducted;
  /** Of the run: what the stack counted at the end without what it had counted before. */
  figures: StackFigures | undefined;
  /** What the stack's dashboard shows of the run. */
  dashboard: DashboardChange | undefined;
}

export function createReport(options: ReportOptions): LoadReport {
  const { scenario, conducted, figures, dashboard, intervalMs } = options;
  const { shape } = scenario;
  const { observations, rates, storm } = conducted;
  const { talks } = observations;
  const all = mergeIntervals(talks.flatMap(({ intervals }) => intervals));
  const { expected, notLive: _, ...wrong } = countDeliveries(observations);
  const live = observations.members.filter(({ since }) => since !== undefined).length;
  const talkSeconds = secondsOf(observations, conducted, shape);
  const deliverySeconds = sum(
    talks.map(({ startedAt, lastDeliveryAt }) => (lastDeliveryAt - startedAt) / 1_000),
  );
  const delivered = countDelivered(observations);
  const byStatus = figures?.postsByStatus;
  const pace = figures?.pace;
  const wanted = membersWanted(shape);

  const report = {
    scenario: options.name,
    description: scenario.description,
    driver: options.driver,
    stack: options.stack,
    startedAt: options.startedAt.toISOString(),
    machine: options.machine,
    shape,
    isInterrupted: conducted.isInterrupted,
    connections: {
      wanted,
      live,
      notLive: wanted - live,
      attempts: observations.attempts,
      failedAttempts: observations.failedAttempts,
      enterMs: quantilesOf(observations.enterMs),
    },
    messages: {
      offered: all.offered,
      offeredPerSecond: rateOf(all.offered, talkSeconds),
      stored: all.stored,
      storedPerSecond: rateOf(all.stored, talkSeconds),
      refused: observations.refused,
      storedMs: quantilesOf(observations.storedMs),
    },
    deliveries: {
      expected,
      delivered,
      perSecond: rateOf(delivered, Math.max(talkSeconds, deliverySeconds)),
      ...wrong,
      gapsRepaired: observations.gapsRepaired,
      resets: observations.resets,
    },
    latencyMs: quantilesOf(all.latencyMs),
    frames: {
      received: observations.frames,
      perMemberAndMessage: delivered === 0 ? undefined : observations.frames / delivered,
    },
    posts: byStatus && {
      total: sum(Object.values(byStatus)),
      throttled: byStatus[429] ?? 0,
      byStatus,
    },
    coldStarts: figures?.coldStarts,
    agreement:
      dashboard &&
      compare(dashboard, {
        opened: observations.opened,
        stored: all.stored,
        delivered,
        pushes: observations.pushes,
        messageFrames: observations.frames,
        pushedMs: observations.pushedMs,
      }),
    ...(pace && { pace: { ...pace, bucket: pace.postsPerSecond * BURST_SECONDS } }),
    cost: costOf(partsOf(conducted, shape)),
    ...(conducted.beside && {
      beside: toBesideReport(conducted.beside, {
        warmUpSeconds: shape.warmUpSeconds ?? 0,
        intervalMs,
      }),
    }),
    ...(storm && {
      storm: {
        secondsToRecover: storm.secondsToRecover,
        attemptsPerClient: storm.attempts / Math.max(1, live),
        failedAttempts: storm.failedAttempts,
      },
    }),
    ...(shape.rising && {
      steps: talks.map((talk, index) => toStep(talk, rates[index] ?? Number.NaN, shape.seconds)),
    }),
    series: toSeries(talks, intervalMs),
  };
  const verdicts = conducted.isInterrupted ? [] : judge(report, scenario.thresholds);
  return { ...report, verdicts, ok: verdicts.every(({ ok }) => ok) };
}

/** Beside a hot room the members come a second time. */
const membersWanted = ({ members, hotMembers }: Shape): number =>
  hotMembers === undefined ? members : 2 * members + hotMembers;

/** Beside a hot room it is what was under way at one time: the quiet rooms had been alone before. */
function partsOf(conducted: Conducted, shape: Shape): CostPart[] {
  const part = (observations: Observations, rooms: number) => ({
    ...{ observations, rooms },
    seconds: secondsOf(observations, conducted, shape),
  });
  const { beside, observations } = conducted;
  return beside === undefined
    ? [part(observations, shape.rooms)]
    : [part(beside.quiet, shape.rooms), part(beside.hot, 1)];
}

/** How long messages were sent, in all talks together. */
const secondsOf = ({ talks }: Observations, { isInterrupted }: Conducted, shape: Shape): number =>
  sum(talks.map((talk) => (isInterrupted ? spokenSeconds(talk, shape) : shape.seconds)));

/** Of a talk that was ended early, as far as its deliveries show. */
const spokenSeconds = ({ startedAt, lastDeliveryAt }: TalkSeen, { seconds }: Shape): number =>
  Math.min(seconds, (lastDeliveryAt - startedAt) / 1_000);

function toStep(talk: TalkSeen, rate: number, seconds: number): StepReport {
  const { offered, stored, delivered, latencyMs } = mergeIntervals(talk.intervals);
  const took = Math.max(seconds, (talk.lastDeliveryAt - talk.startedAt) / 1_000);
  return {
    rate,
    offered,
    stored,
    delivered,
    deliveriesPerSecond: rateOf(delivered, took),
    latencyMs: quantilesOf(latencyMs),
  };
}

function toSeries(talks: readonly TalkSeen[], intervalMs: number): SeriesPoint[] {
  const [first] = talks;
  const perSecond = (count: number) => (count * 1_000) / intervalMs;
  return talks.flatMap(({ startedAt, intervals }) =>
    intervals.map((interval, index) => ({
      second: (startedAt - (first?.startedAt ?? 0) + index * intervalMs) / 1_000,
      offeredPerSecond: perSecond(interval.offered),
      storedPerSecond: perSecond(interval.stored),
      deliveredPerSecond: perSecond(interval.delivered),
      latencyMs: quantilesOf(interval.latencyMs),
    })),
  );
}

const rateOf = (count: number, seconds: number): number => (seconds > 0 ? count / seconds : 0);

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
