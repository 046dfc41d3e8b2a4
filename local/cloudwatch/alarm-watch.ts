import type { Clock } from '../clock.ts';
import type { AlarmModel, MetricAlarmModel } from '../template/operations-model.ts';
import { type AlarmState, parseAlarmRule } from './alarm-rule.ts';
import type { Calendar } from './calendar.ts';
import { evaluateAlarm, evaluationRange, type Verdict } from './evaluate-alarm.ts';
import { FINEST_PERIOD_SECONDS, type MetricStore } from './metric-store.ts';
import { createQuerySet } from './query-set.ts';

export interface AlarmStatus {
  alarm: AlarmModel;
  state: AlarmState;
  /** Since when it is in that state: epoch milliseconds. */
  since: number;
  reason: string;
}

export interface AlarmTransition {
  name: string;
  description: string;
  from: AlarmState;
  to: AlarmState;
  reason: string;
}

export interface AlarmWatch {
  statuses(): AlarmStatus[];
  stop(): void;
}

export interface AlarmWatchOptions {
  alarms: readonly AlarmModel[];
  store: MetricStore;
  calendar: Calendar;
  clock: Clock;
  onTransition(transition: AlarmTransition): void;
}

/** How much of a minute what was measured in it may take to arrive. */
const LATENESS = 1 / 20;

/**
 * Evaluates every alarm shortly after the end of each of its periods, and then those that are made of
 * others, until it is stopped.
 *
 * @throws Error for an alarm that the local runtime cannot evaluate
 */
export function startAlarmWatch(options: AlarmWatchOptions): AlarmWatch {
  const { alarms, calendar, clock, store, onTransition } = options;
  const startedMs = clock.now();
  const statuses = new Map(
    alarms.map((alarm): [string, AlarmStatus] => [
      alarm.name,
      { alarm, state: 'INSUFFICIENT_DATA', since: startedMs, reason: 'It has just started.' },
    ]),
  );
  const nameOf = new Map(alarms.flatMap(({ name, arn }) => [[name, name] as const, [arn, name]]));
  const judges = alarms.map((alarm) => ({ alarm, judge: createJudge(alarm) }));

  function createJudge(alarm: AlarmModel): (endMs: number) => Verdict | undefined {
    if (alarm.kind === 'metric') return createMetricJudge(alarm);
    const rule = parseAlarmRule(alarm.rule, (name) => nameOf.has(name));
    const stateOf = (name: string) =>
      statuses.get(nameOf.get(name) ?? '')?.state ?? 'INSUFFICIENT_DATA';
    return () => {
      const ringing = rule.alarms.filter((name) => stateOf(name) === 'ALARM');
      const names = ringing.map((name) => nameOf.get(name));
      return {
        state: rule.holds(stateOf) ? 'ALARM' : 'OK',
        reason: names.length === 0 ? 'None of its alarms rings.' : `${names.join(', ')} rings.`,
      };
    };
  }

  function createMetricJudge(alarm: MetricAlarmModel): (endMs: number) => Verdict | undefined {
    const { queries, limit } = alarm;
    const watched = queries.find(({ id }) => id === alarm.watched);
    if (watched === undefined)
      throw new Error(`${alarm.name} watches ${alarm.watched}, which it does not ask for.`);
    const querySet = createQuerySet(queries, { store, calendar, where: alarm.name });
    const { periodSeconds } = watched;
    const periodMs = calendar.periodMs(periodSeconds);
    return (endMs) => {
      if (calendar.startOf(endMs, periodSeconds) !== endMs) return undefined;
      const everything = store.gridSince(undefined, periodSeconds);
      const fromMs =
        limit.kind === 'band' ? everything.fromMs : endMs - evaluationRange(alarm) * periodMs;
      const length = Math.max(0, Math.round((endMs - fromMs) / periodMs));
      return evaluateAlarm(alarm, [
        ...querySet.evaluate(watched, { fromMs, periodSeconds, length }),
      ]);
    };
  }

  function evaluateAll(endMs: number): void {
    for (const { alarm, judge } of judges) {
      const verdict = judge(endMs);
      const status = statuses.get(alarm.name);
      if (verdict === undefined || status === undefined) continue;
      const { state: from } = status;
      status.reason = verdict.reason;
      if (verdict.state === undefined || verdict.state === from) continue;
      Object.assign(status, { state: verdict.state, since: clock.now() });
      const { name, description } = alarm;
      onTransition({ name, description, from, to: verdict.state, reason: verdict.reason });
    }
  }

  let cancel = () => {};
  function evaluateAfter(endMs: number): void {
    const delayMs = endMs + calendar.minuteMs * LATENESS - clock.now();
    cancel = clock.after(Math.max(0, delayMs), () => {
      evaluateAll(endMs);
      evaluateAfter(endMs + calendar.minuteMs);
    });
  }
  evaluateAfter(calendar.startOf(startedMs, FINEST_PERIOD_SECONDS) + calendar.minuteMs);

  return {
    statuses: () => [...statuses.values()].map((status) => ({ ...status })),
    stop: () => cancel(),
  };
}
