import { createCalendar } from '../../../../local/cloudwatch/calendar.ts';
import type { MetricIdentity, MetricQuery } from '../../../../local/template/operations-model.ts';

export const MINUTE_MS = 60_000;

/** The start of a minute. */
export const START_MS = Date.UTC(2026, 0, 1);

/** A calendar whose time a test moves on. */
export function aCalendar(minuteMs = MINUTE_MS) {
  let now = START_MS;
  return {
    calendar: createCalendar({ now: () => now }, minuteMs),
    passMinutes: (minutes: number) => {
      now += minutes * minuteMs;
    },
  };
}

export const aMetric = (metricName: string): MetricIdentity => ({
  namespace: 'Test',
  metricName,
  dimensions: { service: 'send' },
});

export const aMetricQuery = (
  id: string,
  statistic = 'Sum',
  periodSeconds = 60,
): Extract<MetricQuery, { kind: 'metric' }> => ({
  kind: 'metric',
  id,
  label: id,
  metric: aMetric(id),
  statistic,
  periodSeconds,
});

export const anExpression = (expression: string, id = 'e1'): MetricQuery => ({
  kind: 'expression',
  id,
  label: id,
  expression,
  periodSeconds: 60,
});
