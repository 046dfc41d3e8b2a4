import type { Clock } from '../clock.ts';

const MINUTE_SECONDS = 60;

/** The periods of metrics on this machine, where a minute may be shorter than elsewhere. */
export interface Calendar {
  /** Real milliseconds. */
  readonly minuteMs: number;
  now(): number;
  /** How long a period of the template really lasts. */
  periodMs(periodSeconds: number): number;
  /** When the period began that this moment lies in. */
  startOf(atMs: number, periodSeconds: number): number;
  /** A real time, as long as it is in minutes of this calendar: two of them are always 120,000 ms. */
  inItsMinutes(durationMs: number): number;
}

/** @param minuteMs 60,000 but for tests, which have no minutes to wait */
export function createCalendar(clock: Pick<Clock, 'now'>, minuteMs: number): Calendar {
  const periodMs = (periodSeconds: number) => (periodSeconds / MINUTE_SECONDS) * minuteMs;
  return {
    minuteMs,
    now: clock.now,
    periodMs,
    startOf(atMs, periodSeconds) {
      const length = periodMs(periodSeconds);
      return Math.floor(atMs / length) * length;
    },
    inItsMinutes: (durationMs) => (durationMs * MINUTE_SECONDS * 1_000) / minuteMs,
  };
}
