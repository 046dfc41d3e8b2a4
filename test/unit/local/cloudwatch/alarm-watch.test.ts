import { describe, expect, it } from '@jest/globals';
import { type AlarmTransition, startAlarmWatch } from '../../../../local/cloudwatch/alarm-watch.ts';
import { createCalendar } from '../../../../local/cloudwatch/calendar.ts';
import { createMetricStore } from '../../../../local/cloudwatch/metric-store.ts';
import type { AlarmModel, MetricAlarmModel } from '../../../../local/template/operations-model.ts';
import { createFakeClock } from '../events/fake-clock.ts';
import { aMetricQuery, anExpression, MINUTE_MS, START_MS } from './metric-fixtures.ts';

const failures = aMetricQuery('failures');

const failing: MetricAlarmModel = {
  kind: 'metric',
  name: 'failing',
  arn: 'arn:failing',
  description: 'It fails.',
  queries: [failures],
  watched: 'failures',
  limit: { kind: 'threshold', comparison: 'GreaterThanThreshold', value: 2 },
  evaluationPeriods: 2,
  datapointsToAlarm: 2,
  treatMissingData: 'notBreaching',
};
const page: AlarmModel = {
  kind: 'composite',
  name: 'page',
  arn: 'arn:page',
  description: 'Somebody has to look.',
  rule: 'ALARM("arn:failing")',
};

function watch(alarms: AlarmModel[]) {
  const clock = createFakeClock(START_MS);
  const calendar = createCalendar(clock, MINUTE_MS);
  const store = createMetricStore([failures], calendar);
  const transitions: AlarmTransition[] = [];
  const onTransition = (transition: AlarmTransition) => transitions.push(transition);
  const watched = startAlarmWatch({ alarms, store, calendar, clock, onTransition });
  return { clock, transitions, record: store.recorder(failures.metric), ...watched };
}

describe('the watch over alarms', () => {
  it('evaluates whole periods at their end, and composites after what they are made of', async () => {
    const { clock, record, transitions, statuses } = watch([failing, page]);
    expect(statuses().map(({ state }) => state)).toEqual([
      'INSUFFICIENT_DATA',
      'INSUFFICIENT_DATA',
    ]);
    record(3);
    await clock.advance(MINUTE_MS);
    expect(transitions).toEqual([]);
    await clock.advance(MINUTE_MS / 10);
    expect(transitions.map(({ name, to }) => [name, to])).toEqual([
      ['failing', 'OK'],
      ['page', 'OK'],
    ]);
    record(4);
    await clock.advance(MINUTE_MS);
    expect(transitions.slice(2)).toEqual([
      {
        name: 'failing',
        description: 'It fails.',
        from: 'OK',
        to: 'ALARM',
        reason: '2 of the last 2 datapoints above 2: 3, 4 (2 of 2 make it ring).',
      },
      expect.objectContaining({ name: 'page', to: 'ALARM', reason: 'failing rings.' }),
    ]);
    const rangAt = START_MS + 2 * MINUTE_MS + MINUTE_MS / 20;
    expect(statuses()).toMatchObject([{ since: rangAt }, { since: rangAt }]);
  });

  it('tells a change once, and what it sees all the time', async () => {
    const { clock, record, transitions, statuses, stop } = watch([failing]);
    for (let minute = 0; minute < 5; minute += 1) {
      record(10 + minute);
      await clock.advance(MINUTE_MS);
    }
    await clock.advance(MINUTE_MS / 10);
    expect(transitions.map(({ to }) => to)).toEqual(['OK', 'ALARM']);
    expect(statuses()[0]?.reason).toContain('13, 14');
    await clock.advance(5 * MINUTE_MS);
    expect(transitions.map(({ to }) => to)).toEqual(['OK', 'ALARM', 'OK']);
    stop();
    record(10);
    await clock.advance(5 * MINUTE_MS);
    expect(transitions).toHaveLength(3);
  });

  it('refuses what it could not evaluate, by the name of the alarm', () => {
    const rate = { ...failing, queries: [failures, anExpression('RATE(failures)')], watched: 'e1' };
    expect(() => watch([rate])).toThrow(
      'failing: The local runtime does not know the function RATE',
    );
    expect(() => watch([page])).toThrow('There is no alarm arn:failing');
    expect(() => watch([{ ...failing, watched: 'm7' }])).toThrow('failing watches m7');
  });
});
