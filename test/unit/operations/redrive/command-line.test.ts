import { describe, expect, it } from '@jest/globals';
import { CliError } from '../../../../operations/common/options.ts';
import { readCommandLine } from '../../../../operations/redrive/command-line.ts';

const read = (text: string) => readCommandLine(text.split(' '));

describe('the command line of redrive', () => {
  it('moves everything of the local stack, ten a second, unless told otherwise', () => {
    expect(read('--dlq delivery')).toEqual({
      dlq: 'delivery',
      dryRun: false,
      max: Number.POSITIVE_INFINITY,
      perSecond: 10,
      stack: 'local',
      dataDir: '.roomcast',
    });
  });

  it.each([
    ['--dlq flush', { dlq: 'flush' }],
    ['--dlq fan-out --dry-run', { dlq: 'fan-out', dryRun: true }],
    ['--dlq delivery --max 3 --rate 0.5', { max: 3, perSecond: 0.5 }],
    ['--dlq delivery --rate 20/s', { perSecond: 20 }],
    ['--dlq delivery --stack Roomcast-dev-chat', { stack: 'Roomcast-dev-chat' }],
    ['--dlq delivery --stage production', { stack: 'Roomcast-production-chat' }],
    ['--dlq delivery --data other', { stack: 'local', dataDir: 'other' }],
  ])('understands %s', (text, expected) => {
    expect(read(text)).toMatchObject(expected);
  });

  it('helps', () => {
    expect(read('--dlq delivery --help')).toBe('help');
  });

  it.each([
    ['--dry-run', '--dlq must be delivery, fan-out or flush. It is missing.'],
    ['--dlq send', '--dlq must be delivery, fan-out or flush. It is "send".'],
    ['--dlq delivery --max 0', '--max must be a whole number from 1, not "0".'],
    ['--dlq delivery --rate 0', '--rate must be a number above 0'],
    ['--dlq delivery --rate fast', '--rate must be a number above 0'],
    ['--dlq delivery --stack X --data y', '--data is for the local stack'],
    ['--dlq delivery --stage dev --data y', '--data is for the local stack'],
    ['--dlq delivery --stage live', '--stage must be dev or production, not "live".'],
    ['--dlq delivery --stage dev --stack X', '--stage is short for --stack'],
    ['--dlq delivery --now', "Unknown option '--now'. See npm run redrive -- --help."],
  ])('refuses %s and says why', (text, problem) => {
    expect(() => read(text)).toThrow(CliError);
    expect(() => read(text)).toThrow(problem);
  });
});
