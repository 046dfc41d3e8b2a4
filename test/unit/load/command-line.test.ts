import { describe, expect, it } from '@jest/globals';
import { CliError, readCommandLine, requireFor } from '../../load/command-line.ts';
import { readScenario } from '../../load/scenario.ts';

const read = (args: string, environment = {}) =>
  readCommandLine(args.split(' ').filter(Boolean), environment);

describe('the command line of the load tests', () => {
  it('changes what is given, and leaves the rest to the scenario', () => {
    expect(read('hot-room --members 500 --rate 0.5 --seconds 60')).toEqual({
      scenario: 'hot-room',
      changes: { members: 500, rate: 0.5, seconds: 60 },
      driver: 'own',
      workers: 1,
      fresh: false,
      seed: 1,
      outDir: 'load-reports',
      json: false,
      port: 8787,
    });
  });

  it('takes the stack from the environment, and from nowhere else', () => {
    expect(read('soak', { CHAT_URL: 'wss://example.com/live', CHAT_TOKEN: 'abc' })).toMatchObject({
      url: 'wss://example.com/live',
      token: 'abc',
    });
    expect(read('soak', { PORT: '9000' })).toMatchObject({ port: 9_000 });
  });

  it('takes a scenario of one’s own', () => {
    expect(read('./mine.json')).toMatchObject({ scenario: './mine.json' });
  });

  it.each([
    ['', /^Name one scenario: ramp, .*None is given\.$/],
    ['hotroom', /Given is "hotroom"/],
    ['ramp chatter', /Given is "ramp chatter"/],
    ['ramp --member 5', /^Unknown option '--member'\. See npm run load -- --help\.$/],
    ['ramp --members 0', /^--members must be a whole number above 0, not "0"\.$/],
    ['ramp --members 1.5', /^--members must be a whole number above 0, not "1\.5"\.$/],
    ['ramp --rate fast', /^--rate must be a number above 0, not "fast"\.$/],
    ['ramp --workers 65', /up to 64, not "65"/],
    ['ramp --driver k6', /^--driver must be own or artillery, not "k6"\.$/],
    ['ramp --driver artillery --workers 2', /^--workers is for the own driver/],
  ])('refuses "%s" in one line that says what is wrong', (args, problem) => {
    expect(() => read(args)).toThrow(CliError);
    expect(() => read(args)).toThrow(problem);
  });

  it.each([
    ['ramp', { CHAT_URL: 'https://example.com' }, /^CHAT_URL must be a WebSocket URL/],
    ['ramp --fresh', { CHAT_URL: 'ws://example.com/live' }, /cannot be combined with CHAT_URL/],
    ['ramp', { PORT: 'web' }, /^PORT must be a whole number/],
  ])('refuses "%s" with %j', (args, environment, problem) => {
    expect(() => read(args, environment)).toThrow(problem);
  });

  it.each([
    ['beside --driver artillery', {}, /^--driver artillery knows one kind of room/],
    ['beside', { CHAT_URL: 'ws://example.com/live' }, /leave CHAT_URL out\.$/],
  ])('refuses what the scenario of "%s" cannot do with %j', (args, environment, problem) => {
    const options = read(args, environment);
    if (options === 'help') throw new Error('That is no help.');

    expect(() => requireFor(readScenario('beside').shape, options)).toThrow(problem);
    expect(() => requireFor(readScenario('chatter').shape, options)).not.toThrow();
  });
});
