import { describe, expect, it } from '@jest/globals';
import { type AlarmState, parseAlarmRule } from '../../../../local/cloudwatch/alarm-rule.ts';

const STATES: Record<string, AlarmState> = {
  loud: 'ALARM',
  quiet: 'OK',
  'arn:aws:cloudwatch:us-east-1:1:alarm:new-one': 'INSUFFICIENT_DATA',
};
const parse = (rule: string) => parseAlarmRule(rule, (name) => name in STATES);

describe('the rule of a composite alarm', () => {
  it.each([
    ['ALARM("loud")', true],
    ['ALARM("quiet") OR ALARM("loud")', true],
    ['ALARM("quiet") AND ALARM("loud")', false],
    ['OK(quiet) AND NOT OK("loud")', true],
    ['FALSE AND TRUE OR TRUE', true],
    ['FALSE AND (TRUE OR TRUE)', false],
    ['(INSUFFICIENT_DATA("arn:aws:cloudwatch:us-east-1:1:alarm:new-one"))', true],
  ])('%s is %s', (rule, expected) => {
    expect(parse(rule).holds((name) => STATES[name] ?? 'OK')).toBe(expected);
  });

  it('tells which alarms it looks at', () => {
    expect(parse('ALARM("loud") OR NOT OK("quiet")').alarms).toEqual(['loud', 'quiet']);
  });

  it.each([
    ['ALARM("nobody")', 'There is no alarm nobody'],
    ['LOUD("loud")', '"LOUD" is not expected'],
    ['ALARM("loud"', '")" is expected before "the end"'],
    ['ALARM("loud") ALARM("quiet")', '"ALARM" is not understood'],
  ])('%s is refused: %s', (rule, problem) => {
    expect(() => parse(rule)).toThrow(problem);
  });
});
