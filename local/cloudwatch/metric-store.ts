import type { MetricIdentity, MetricQuery } from '../template/operations-model.ts';
import type { Calendar } from './calendar.ts';
import {
  addSample,
  createSampleSet,
  mergeSamples,
  needsValues,
  parseStatistic,
  type SampleSet,
} from './statistics.ts';

/** CloudWatch's finest period for standard metrics; all others are made of it. */
export const FINEST_PERIOD_SECONDS = 60;

/** As far back as the dashboard shows. */
const RETENTION_SECONDS = 3 * 60 * 60;

export type MetricTerm = Extract<MetricQuery, { kind: 'metric' }>;

/** Takes one value of a metric, or the same value several times. */
export type Recorder = (value: number, options?: { atMs?: number; times?: number }) => void;

/** Starts of periods of one length, from the first to the last that is asked for. */
export interface Grid {
  fromMs: number;
  periodSeconds: number;
  length: number;
}

export interface MetricStore {
  /** Where values of a metric go; those of a metric that nobody looks at go nowhere. */
  recorder(metric: MetricIdentity): Recorder;
  /** One value for each period of the grid, NaN where there is none. */
  read(term: MetricTerm, grid: Grid): Float64Array;
  /** The periods from the one that holds `sinceMs`, or from the first that is kept, until now. */
  gridSince(sinceMs: number | undefined, periodSeconds: number): Grid;
  /** The start of the earliest minute that has got a value after that time. */
  earliestChangeAfter(atMs: number): number | undefined;
  /** Every metric of which something is kept. */
  recorded(): MetricIdentity[];
}

interface KeptMetric {
  metric: MetricIdentity;
  keepsValues: boolean;
  /** Start of minute → what was measured in it. */
  minutes: Map<number, SampleSet>;
}

/**
 * Keeps what the template looks at, and nothing else, minute by minute for three hours.
 *
 * @param queries everything that widgets and alarms ask for
 */
export function createMetricStore(
  queries: readonly MetricQuery[],
  calendar: Calendar,
): MetricStore {
  const { minuteMs } = calendar;
  const kept = new Map<string, KeptMetric>();
  /** Start of minute → when it last got a value. */
  const changes = new Map<number, number>();
  const startedMs = calendar.startOf(calendar.now(), FINEST_PERIOD_SECONDS);
  let newestMs = startedMs;

  for (const query of queries) {
    if (query.kind !== 'metric') continue;
    const key = keyOf(query.metric);
    const metric = kept.get(key) ?? {
      metric: query.metric,
      keepsValues: false,
      minutes: new Map(),
    };
    metric.keepsValues ||= needsValues(query.statistic);
    kept.set(key, metric);
  }

  const horizonMs = () =>
    calendar.startOf(calendar.now(), FINEST_PERIOD_SECONDS) -
    calendar.periodMs(RETENTION_SECONDS) +
    minuteMs;

  /** Once a minute, with the first value in it. */
  function forgetOld(): void {
    const horizon = horizonMs();
    for (const minutes of [changes, ...Array.from(kept.values(), ({ minutes }) => minutes)]) {
      for (const start of minutes.keys()) {
        if (start < horizon) minutes.delete(start);
      }
    }
  }

  function samplesAt({ minutes, keepsValues }: KeptMetric, startMs: number): SampleSet {
    const found = minutes.get(startMs);
    if (found !== undefined) return found;
    const samples = createSampleSet(keepsValues);
    minutes.set(startMs, samples);
    if (startMs > newestMs) {
      newestMs = startMs;
      forgetOld();
    }
    return samples;
  }

  return {
    recorder(metric) {
      const target = kept.get(keyOf(metric));
      if (target === undefined) return () => {};
      return (value, { atMs = calendar.now(), times = 1 } = {}) => {
        const startMs = calendar.startOf(atMs, FINEST_PERIOD_SECONDS);
        if (startMs < horizonMs() || times === 0) return;
        addSample(samplesAt(target, startMs), value, times);
        changes.set(startMs, calendar.now());
      };
    },

    read({ metric, statistic }, { fromMs, periodSeconds, length }) {
      const values = new Float64Array(length).fill(Number.NaN);
      const minutes = kept.get(keyOf(metric))?.minutes;
      if (minutes === undefined) return values;
      const calculate = parseStatistic(statistic);
      const periodMs = calendar.periodMs(periodSeconds);
      for (let index = 0; index < length; index += 1) {
        const sets: SampleSet[] = [];
        const endMs = fromMs + (index + 1) * periodMs;
        for (let start = fromMs + index * periodMs; start < endMs; start += minuteMs) {
          const set = minutes.get(start);
          if (set !== undefined) sets.push(set);
        }
        if (sets.length > 0) values[index] = calculate(mergeSamples(sets));
      }
      return values;
    },

    gridSince(sinceMs, periodSeconds) {
      const earliest = Math.max(startedMs, horizonMs());
      const fromMs = calendar.startOf(Math.max(earliest, sinceMs ?? earliest), periodSeconds);
      const lastMs = calendar.startOf(calendar.now(), periodSeconds);
      const length = Math.max(
        0,
        Math.round((lastMs - fromMs) / calendar.periodMs(periodSeconds)) + 1,
      );
      return { fromMs, periodSeconds, length };
    },

    earliestChangeAfter(atMs) {
      let earliest: number | undefined;
      for (const [startMs, changedMs] of changes) {
        if (changedMs > atMs && (earliest === undefined || startMs < earliest)) earliest = startMs;
      }
      return earliest;
    },

    recorded: () =>
      Array.from(kept.values()).flatMap(({ metric, minutes }) =>
        minutes.size > 0 ? [metric] : [],
      ),
  };
}

/** The same for the same metric, in whatever order its dimensions stand. */
export function keyOf({ namespace, metricName, dimensions }: MetricIdentity): string {
  const pairs = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, metricName, ...pairs]);
}
