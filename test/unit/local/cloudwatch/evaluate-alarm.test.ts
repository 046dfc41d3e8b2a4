import { describe, expect, it } from '@jest/globals';
import { evaluateAlarm } from '../../../../local/cloudwatch/evaluate-alarm.ts';
import type { MetricAlarmModel } from '../../../../local/template/operations-model.ts';

/** `0` is fine, `X` breaches, `-` is missing; the most recent stands last. */
const valuesOf = (datapoints: string) =>
  datapoints.split(' ').map((point) => (point === '-' ? Number.NaN : point === 'X' ? 10 : 0));

function anAlarm(alarm: Partial<MetricAlarmModel> = {}): MetricAlarmModel {
  return {
    kind: 'metric',
    name: 'slow',
    arn: 'arn:slow',
    description: '',
    queries: [],
    watched: 'm1',
    limit: { kind: 'threshold', comparison: 'GreaterThanThreshold', value: 5 },
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: 'missing',
    ...alarm,
  };
}

const KEPT = undefined;

/** The tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
const THREE_OF_THREE = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - X - -', 'ALARM', KEPT, 'ALARM', 'OK'],
] as const;
const TWO_OF_THREE = [
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - - - -', 'INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - X -', 'ALARM', KEPT, 'ALARM', 'OK'],
] as const;

describe('an alarm with missing data', () => {
  it.each([
    ...THREE_OF_THREE.map((row) => [3, ...row] as const),
    ...TWO_OF_THREE.map((row) => [2, ...row] as const),
  ])('that needs %d of 3 makes of %s: %s, %s, %s or %s', (datapointsToAlarm, points, ...states) => {
    const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
    const found = treatments.map(
      (treatMissingData) =>
        evaluateAlarm(anAlarm({ datapointsToAlarm, treatMissingData }), valuesOf(points)).state,
    );
    expect(found).toEqual(states);
  });

  it('rings on as long as the datapoint that rang it is in the range that it looks at', () => {
    const one = anAlarm({
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
    });
    const states = ['0 - X', '- X -', 'X - -', '- - -', 'X - 0'].map(
      (points) => evaluateAlarm(one, valuesOf(points)).state,
    );
    expect(states).toEqual(['ALARM', 'ALARM', 'ALARM', 'OK', 'OK']);
  });
});

describe('an alarm', () => {
  it.each([
    ['GreaterThanThreshold', 'OK', 'OK', 'ALARM'],
    ['GreaterThanOrEqualToThreshold', 'OK', 'ALARM', 'ALARM'],
    ['LessThanThreshold', 'ALARM', 'OK', 'OK'],
    ['LessThanOrEqualToThreshold', 'ALARM', 'ALARM', 'OK'],
  ] as const)('by %s makes of 4, 5 and 6: %s, %s, %s', (comparison, ...states) => {
    const limit = { kind: 'threshold', comparison, value: 5 } as const;
    const one = anAlarm({ limit, evaluationPeriods: 1, datapointsToAlarm: 1 });
    expect([4, 5, 6].map((value) => evaluateAlarm(one, [value]).state)).toEqual(states);
  });

  it('says what it saw', () => {
    expect(evaluateAlarm(anAlarm(), [0, 1_234.567, 10, 7]).reason).toBe(
      '3 of the last 3 datapoints above 5: 1,234.57, 10, 7 (3 of 3 make it ring).',
    );
    expect(evaluateAlarm(anAlarm({ treatMissingData: 'notBreaching' }), [Number.NaN]).reason).toBe(
      'No data, where datapoints above 5 would make it ring.',
    );
  });
});

describe('an alarm on what is usual', () => {
  const band = (
    comparison:
      | 'GreaterThanUpperThreshold'
      | 'LessThanLowerThreshold'
      | 'LessThanLowerOrGreaterThanUpperThreshold',
  ) =>
    anAlarm({
      limit: { kind: 'band', comparison, deviations: 3 },
      treatMissingData: 'ignore',
      datapointsToAlarm: 2,
    });
  const upper = band('GreaterThanUpperThreshold');
  /** Mean 100, standard deviation 10. */
  const usual = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 90 : 110));
  const judged = (...values: number[]) => [...usual, 100, 100, ...values];

  it('rings for what lies outside, and not for what lies inside', () => {
    expect(evaluateAlarm(upper, judged(100, 131, 131)).state).toBe('ALARM');
    expect(evaluateAlarm(upper, judged(100, 129, 131)).state).toBe('OK');
    expect(evaluateAlarm(upper, judged(10, 10, 10)).state).toBe('OK');
    expect(evaluateAlarm(band('LessThanLowerThreshold'), judged(100, 69, 69)).state).toBe('ALARM');
    const outside = band('LessThanLowerOrGreaterThanUpperThreshold');
    expect(evaluateAlarm(outside, judged(100, 69, 131)).state).toBe('ALARM');
  });

  it('learns nothing from what it judges', () => {
    const { reason } = evaluateAlarm(upper, judged(9_000, 9_000, 9_000));
    expect(reason).toContain('above what is usual, 70 to 130: 9,000');
  });

  it('says nothing before it has seen enough, and stays what it is', () => {
    const verdict = evaluateAlarm(upper, [...usual.slice(0, 14), 100, 100, 999, 999, 999]);
    expect(verdict).toEqual({ reason: 'Too little has been seen to say what is usual.' });
    expect(evaluateAlarm(upper, judged(Number.NaN, Number.NaN, Number.NaN)).state).toBe('OK');
    expect(
      evaluateAlarm(upper, [...usual, ...new Array<number>(5).fill(Number.NaN)]).state,
    ).toBeUndefined();
  });
});
