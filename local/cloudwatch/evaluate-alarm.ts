import {
  type AlarmLimit,
  BAND_COMPARISONS,
  type MetricAlarmModel,
  THRESHOLD_COMPARISONS,
} from '../template/operations-model.ts';
import type { AlarmState } from './alarm-rule.ts';
import { type Band, usualBand } from './usual-band.ts';

/**
 * Periods that CloudWatch looks at beyond those that it needs, for when some are missing: two in the
 * examples that it documents.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
const SPARE_PERIODS = 2;

export const evaluationRange = ({ evaluationPeriods }: MetricAlarmModel): number =>
  evaluationPeriods + SPARE_PERIODS;

export interface Verdict {
  /** Absent: the alarm stays what it is. */
  state?: AlarmState;
  reason: string;
}

/**
 * Judges an alarm by its datapoints, as CloudWatch documents it: the most recent ones that are there,
 * going back into the spare periods; only if these are too few does it matter how missing ones are
 * treated, and then as few of them as possible count.
 *
 * @param values of whole periods, the most recent last, NaN where one is missing. What is before the
 *   evaluation range is what a band learns from.
 */
export function evaluateAlarm(alarm: MetricAlarmModel, values: readonly number[]): Verdict {
  const { evaluationPeriods, datapointsToAlarm, limit, treatMissingData } = alarm;
  const range = values.slice(-evaluationRange(alarm));
  const learned = values.slice(0, values.length - range.length).filter(isThere);
  const band = limit.kind === 'band' ? usualBand(learned, limit.deviations) : undefined;
  if (limit.kind === 'band' && band === undefined) {
    return { reason: 'Too little has been seen to say what is usual.' };
  }
  const breaches = (value: number) => isBreaching(value, limit, band);
  const present = range.filter(isThere).slice(-evaluationPeriods);
  const missing = evaluationPeriods - present.length;
  const breaching = present.filter(breaches);
  const tell = (state: AlarmState): Verdict => ({
    state,
    reason: describe(alarm, present, breaching, band),
  });

  if (missing === 0) return tell(breaching.length >= datapointsToAlarm ? 'ALARM' : 'OK');
  switch (treatMissingData) {
    case 'breaching':
      return tell(breaching.length + missing >= datapointsToAlarm ? 'ALARM' : 'OK');
    case 'notBreaching':
      return tell(breaching.length >= datapointsToAlarm ? 'ALARM' : 'OK');
    case 'ignore':
    case 'missing':
      return withGaps();
  }

  /** What is there decides if it suffices; otherwise the alarm stays, or has too little data. */
  function withGaps(): Verdict {
    if (breaching.length >= datapointsToAlarm) return tell('ALARM');
    if (present.length === 0) {
      const reason = 'No data in any of the periods that it looks at.';
      return treatMissingData === 'missing' ? { state: 'INSUFFICIENT_DATA', reason } : { reason };
    }
    if (breaching.length === 0) return tell('OK');
    if (treatMissingData === 'ignore') return { reason: describe(alarm, present, breaching, band) };
    return tell(hasBreachedSince(range, datapointsToAlarm, breaches) ? 'ALARM' : 'OK');
  }
}

/** A datapoint as old as that breached, and every later one did so or is missing. */
function hasBreachedSince(
  range: readonly number[],
  periods: number,
  breaches: (value: number) => boolean,
): boolean {
  const first = range.findIndex(isThere);
  return range.length - first >= periods && range.filter(isThere).every(breaches);
}

const isThere = (value: number) => !Number.isNaN(value);

function isBreaching(value: number, limit: AlarmLimit, band: Band | undefined): boolean {
  switch (limit.comparison) {
    case 'GreaterThanThreshold':
      return value > limit.value;
    case 'GreaterThanOrEqualToThreshold':
      return value >= limit.value;
    case 'LessThanThreshold':
      return value < limit.value;
    case 'LessThanOrEqualToThreshold':
      return value <= limit.value;
  }
  const isAbove = band !== undefined && value > band.upper;
  const isBelow = band !== undefined && value < band.lower;
  if (limit.comparison === 'GreaterThanUpperThreshold') return isAbove;
  return limit.comparison === 'LessThanLowerThreshold' ? isBelow : isAbove || isBelow;
}

function describe(
  { limit, datapointsToAlarm, evaluationPeriods }: MetricAlarmModel,
  present: readonly number[],
  breaching: readonly number[],
  band: Band | undefined,
): string {
  const bound =
    limit.kind === 'threshold'
      ? `${THRESHOLD_COMPARISONS[limit.comparison]} ${show(limit.value)}`
      : `${BAND_COMPARISONS[limit.comparison]} what is usual, ${show(band?.lower ?? 0)} to ${show(band?.upper ?? 0)}`;
  if (present.length === 0) return `No data, where datapoints ${bound} would make it ring.`;
  const needed = `${datapointsToAlarm} of ${evaluationPeriods} make it ring`;
  return `${breaching.length} of the last ${present.length} datapoints ${bound}: ${present.map(show).join(', ')} (${needed}).`;
}

const show = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 2 });
