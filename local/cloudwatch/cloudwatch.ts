import type { Clock } from '../clock.ts';
import type { StackModel } from '../template/model.ts';
import type { MetricQuery } from '../template/operations-model.ts';
import { type AlarmStatus, type AlarmTransition, startAlarmWatch } from './alarm-watch.ts';
import { type Calendar, createCalendar } from './calendar.ts';
import { createEmfReader } from './emf-lines.ts';
import { createMetricStore, type MetricStore } from './metric-store.ts';
import { createServiceMetrics, refuseUnmeasured, type ServiceMetrics } from './service-metrics.ts';
import { createStandIns, type StandIns } from './stand-ins.ts';

/** CloudWatch on one machine: what the template's dashboard and alarms look at, and the alarms. */
export interface CloudWatch {
  store: MetricStore;
  calendar: Calendar;
  /** For the parts of the runtime that stand in for services. */
  standIns: StandIns;
  /** Behind the stand-ins: for what nothing on one machine can bring about. */
  serviceMetrics: ServiceMetrics;
  /** Takes one line that a function has logged. */
  log(functionId: string, line: string): void;
  /** In the order of the template. */
  alarms(): AlarmStatus[];
  stop(): void;
}

export interface CloudWatchOptions {
  model: StackModel;
  clock: Clock;
  /** How long a minute of its periods lasts: 60,000 unless a test cannot wait for it. */
  metricMinuteMs?: number;
  onAlarm?: (transition: AlarmTransition) => void;
  onProblem: (problem: string) => void;
}

/** What Logs adds to each line. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const LINE_OVERHEAD_BYTES = 26;

const MINUTE_MS = 60_000;

/**
 * @throws Error for whatever the template looks at and this machine does not measure or compute, so
 *   that no graph is only empty here, and no alarm only silent
 */
export function startCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { model, clock, metricMinuteMs = MINUTE_MS, onAlarm = () => {}, onProblem } = options;
  const calendar = createCalendar(clock, metricMinuteMs);
  const queries = queriesOf(model);
  refuseUnmeasured(queries);
  const store = createMetricStore(queries, calendar);
  const serviceMetrics = createServiceMetrics(store, model);
  const readMetrics = createEmfReader(store, onProblem);
  const nameOf = new Map(model.functions.map(({ id, functionName }) => [id, functionName]));
  const { alarms } = model;
  const watch = startAlarmWatch({ alarms, store, calendar, clock, onTransition: onAlarm });
  const standIns = createStandIns(serviceMetrics, { clock, calendar });
  return {
    store,
    calendar,
    standIns,
    serviceMetrics,
    log(functionId, line) {
      serviceMetrics.ofLog(functionId, Buffer.byteLength(line) + LINE_OVERHEAD_BYTES);
      readMetrics(nameOf.get(functionId) ?? functionId, line);
    },
    alarms: watch.statuses,
    stop() {
      watch.stop();
      standIns.stop();
    },
  };
}

/** Everything that a graph shows or an alarm watches. */
export function queriesOf({
  dashboards,
  alarms,
}: Pick<StackModel, 'dashboards' | 'alarms'>): MetricQuery[] {
  const shown = dashboards
    .flatMap(({ widgets }) => widgets)
    .flatMap((widget) => (widget.kind === 'graph' ? widget.lines : []))
    .map(({ query }) => query);
  const watched = alarms.flatMap((alarm) => (alarm.kind === 'metric' ? alarm.queries : []));
  return [...shown, ...watched];
}
