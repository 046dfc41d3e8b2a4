import { describe, expect, it } from '@jest/globals';
import type { OpsAlarm } from '../../../../../local/ops/contract.ts';
import { verdictOf } from '../../../../../local/ops/page/alarms/verdict-of.ts';

const alarm = (kind: OpsAlarm['kind'], state: OpsAlarm['state']): OpsAlarm => ({
  ...{ kind, state },
  ...{ name: kind, description: 'Members wait.', since: 0, reason: '' },
});
const page = (state: OpsAlarm['state']) => alarm('composite', state);
const metric = (state: OpsAlarm['state']) => alarm('metric', state);

describe('is it up?', () => {
  it.each([
    { description: 'nothing rings', alarms: [page('OK'), metric('OK')], mood: 'good' },
    {
      description: 'an alarm without data does not matter',
      alarms: [page('OK'), metric('INSUFFICIENT_DATA')],
      mood: 'good',
    },
    {
      description: 'something rings that wakes nobody',
      alarms: [page('OK'), metric('ALARM')],
      mood: 'watch',
    },
    {
      description: 'the alarm that pages rings',
      alarms: [page('ALARM'), metric('ALARM')],
      mood: 'alarm',
    },
    {
      description: 'one of those that page rings, another has no data',
      alarms: [page('INSUFFICIENT_DATA'), page('ALARM')],
      mood: 'alarm',
    },
    {
      description: 'nothing is known of what pages',
      alarms: [page('INSUFFICIENT_DATA'), metric('OK')],
      mood: 'unknown',
    },
    { description: 'nothing pages', alarms: [metric('OK')], mood: 'unknown' },
  ])('$description: $mood', ({ alarms, mood }) => {
    expect(verdictOf(alarms).mood).toBe(mood);
  });

  it('says what the alarm that pages says, and how many others ring', () => {
    const verdict = verdictOf([page('ALARM'), metric('ALARM'), metric('OK')]);
    expect(verdict).toEqual({
      mood: 'alarm',
      title: 'Members wait.',
      detail: '1 of 2 alarms ring.',
    });
  });
});
