import { now } from '../support/now.ts';
import type { LoadCrowd } from './crowd/load-crowd.ts';
import type { CrowdProgress, LoadOrders, Talk } from './crowd/load-orders.ts';
import { countDifference } from './measure/count-difference.ts';
import { countOf, type HistogramData, quantile, sumHistograms } from './measure/histogram.ts';
import { mergeObservations, type Observations, sumCounts } from './measure/observations.ts';
import type { Shape } from './scenario.ts';

export interface ConductOptions {
  shape: Shape;
  crowds: readonly LoadCrowd[];
  /** Waited for when the members are in, before they talk. */
  meet?: () => Promise<void>;
  /** Ends the run early, with what was measured so far. */
  signal: AbortSignal;
  onProgress: (line: string) => void;
  /** Called when everybody was shown everything and nobody has left; not when the run is ended early. */
  beforeEnd?: () => Promise<void>;
}

export interface Conducted {
  observations: Observations;
  /** The rates of the talks, in messages per second in each room. */
  rates: number[];
  /** Everybody was cut off, and came back. */
  storm?: {
    secondsToRecover: number | undefined;
    attempts: number;
    failedAttempts: Record<string, number>;
  };
  /** The parts of a run with a hot room. */
  beside?: { alone: Observations; quiet: Observations; hot: Observations };
  isInterrupted: boolean;
}

const PROGRESS_MS = 2_000;
/** Crowds need a moment to get ready, and begin together. */
const START_IN_MS = 200;
/** What an interrupted run still waits for. */
const HURRY_MS = 3_000;

/** Lets the crowds enter, talk and be shown everything, and returns what they saw. */
export async function conduct(options: ConductOptions): Promise<Conducted> {
  const { shape, crowds, signal, onProgress, beforeEnd } = options;
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  const stop = () => stopped.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const unlessStopped = <T>(work: Promise<T>) => Promise.race([work, stopped.promise]);
  const rates: number[] = [];
  let storm: Conducted['storm'];
  let doing = 'entering';

  const progress = setInterval(async () => {
    const seen = await look().catch(() => undefined);
    if (seen !== undefined) onProgress(`${doing}: ${describe(seen)}`);
  }, PROGRESS_MS);

  try {
    if (signal.aborted) stop();
    const first = shape.entering === 'before' ? shape.members : shape.rooms;
    await unlessStopped(enter(0, first));
    const { live, failedAttempts } = await unlessStopped(look());
    if (live === 0) throw new Error(`Nobody got in. Attempts failed: ${list(failedAttempts)}.`);
    if (options.meet !== undefined) {
      doing = 'waiting for the others';
      await unlessStopped(options.meet());
    }
    doing = 'talking';
    const entering = enter(first, shape.members);
    const cutting = shape.cutAtSecond === undefined ? undefined : cutAt(shape.cutAtSecond);
    if (shape.rising === undefined) await unlessStopped(talk(shape.rate));
    else await unlessStopped(rise(shape.rising));
    await unlessStopped(Promise.all([entering, cutting]));
    doing = 'catching up';
    await unlessStopped(catchUp(shape.drainSeconds * 1_000));
    doing = 'coming to rest';
    if (beforeEnd !== undefined) await unlessStopped(beforeEnd());
  } catch (error) {
    if (!signal.aborted) throw error;
    doing = 'stopping';
    await all('hush', {});
    await catchUp(HURRY_MS);
  } finally {
    clearInterval(progress);
    signal.removeEventListener('abort', stop);
  }
  return {
    observations: mergeObservations(await all('end', {})),
    rates,
    ...(storm && { storm }),
    isInterrupted: signal.aborted,
  };

  function all<Name extends keyof LoadOrders>(name: Name, order: LoadOrders[Name]['order']) {
    return Promise.all(crowds.map((crowd) => crowd.tell(name, order)));
  }

  function enter(from: number, to: number) {
    return all('enter', { from, to, perSecond: shape.connectsPerSecond });
  }

  async function talk(rate: number): Promise<void> {
    rates.push(rate);
    const { seconds, arrivals, textLength, sendersPerRoom = shape.members } = shape;
    const startAt = now() + START_IN_MS;
    const order: Talk = { rate, seconds, arrivals, textLength, sendersPerRoom, startAt };
    await all('talk', order);
  }

  async function catchUp(withinMs: number): Promise<{ behind: number }> {
    const settled = await all('settle', { withinMs });
    const heads: Record<string, number> = {};
    for (const [roomId, seq] of settled.flatMap((one) => Object.entries(one.heads))) {
      heads[roomId] = Math.max(heads[roomId] ?? 0, seq);
    }
    const caughtUp = await all('catchUp', { heads, withinMs });
    return { behind: caughtUp.reduce((sum, { behind }) => sum + behind, 0) };
  }

  /**
   * Ends with the first rate that was too high twice in a row: once may be chance. The first rate is
   * taken one time more, before anything is judged, since functions start cold then.
   */
  async function rise({ factor, steps, p99Ms }: NonNullable<Shape['rising']>): Promise<void> {
    let rate = shape.rate;
    let failures = 0;
    for (let step = 0; step <= steps && failures < 2 && !signal.aborted; step += 1) {
      doing = `${rate.toFixed(1)} messages/s`;
      await talk(rate);
      const { behind } = await catchUp(step === 0 ? shape.drainSeconds * 1_000 : p99Ms);
      if (step === 0) continue;
      const latencies = sumHistograms(await all('latencies', { talk: step }));
      const isTooHigh = behind > 0 || isAbove(latencies, p99Ms);
      failures = isTooHigh ? failures + 1 : 0;
      if (!isTooHigh) rate *= factor;
    }
  }

  async function cutAt(second: number): Promise<void> {
    const cut = Promise.withResolvers<void>();
    const timer = setTimeout(cut.resolve, second * 1_000 + START_IN_MS);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    await cut.promise;
    const before = await look();
    const startedAt = now();
    await all('cut', {});
    const back = await all('back', { withinMs: shape.drainSeconds * 1_000 });
    const seconds = (now() - startedAt) / 1_000;
    const after = await look();
    storm = {
      secondsToRecover: back.some(({ missing }) => missing > 0) ? undefined : seconds,
      attempts: after.attempts - before.attempts,
      failedAttempts: countDifference(after.failedAttempts, before.failedAttempts),
    };
  }

  async function look(): Promise<CrowdProgress> {
    const seen = await all('progress', {});
    const sum = (name: 'live' | 'offered' | 'stored' | 'delivered' | 'attempts') =>
      seen.reduce((total, one) => total + one[name], 0);
    return {
      live: sum('live'),
      offered: sum('offered'),
      stored: sum('stored'),
      delivered: sum('delivered'),
      attempts: sum('attempts'),
      failedAttempts: sumCounts(seen.map(({ failedAttempts }) => failedAttempts)),
    };
  }

  function describe({ live, offered, stored, delivered, failedAttempts }: CrowdProgress): string {
    const [members, sent, kept, shown] = [live, offered, stored, delivered].map((count) =>
      count.toLocaleString('en-US'),
    );
    if (offered === 0) return `${members} live, attempts failed: ${list(failedAttempts)}`;
    return `${members} live, ${sent} sent, ${kept} stored, ${shown} delivered`;
  }
}

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ') || 'none';

const isAbove = (latencies: HistogramData, p99Ms: number): boolean =>
  countOf(latencies) === 0 || quantile(latencies, 0.99) > p99Ms;
