import { describe, expect, it } from '@jest/globals';
import { CliError } from '../../../../operations/common/options.ts';
import { readCommandLine } from '../../../../operations/tail/command-line.ts';
import { NOON } from '../../../support/fake-clock.ts';

const read = (text: string) => readCommandLine(text.split(' '), NOON);

/** Of 2026-11-16T12:00:00Z. */
const MESSAGE_ID = '01M7J3MYG00000000000000000';

describe('the command line of tail', () => {
  it('shows the last ten minutes of a room of the local stack', () => {
    expect(read('--room lobby')).toEqual({
      subject: { kind: 'room', roomId: 'lobby' },
      since: NOON - 600_000,
      follow: false,
      stack: 'local',
      dataDir: '.roomcast',
    });
  });

  it('looks for a message from when its id was given out', () => {
    expect(read(`--message ${MESSAGE_ID} --follow`)).toMatchObject({
      subject: { kind: 'message', messageId: MESSAGE_ID },
      since: NOON - 60_000,
      follow: true,
    });
  });

  it.each([
    ['90s', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('goes back %s', (since, ms) => {
    expect(read(`--room lobby --since ${since}`)).toMatchObject({ since: NOON - ms });
  });

  it.each([
    ['--follow', 'Give --room with the id of a room, or --message with that of a message.'],
    [`--room lobby --message ${MESSAGE_ID}`, 'Give --room with'],
    ['--room a/b', '--room must be the id of a room, not "a/b".'],
    ['--message 17', '--message must be a messageId of 26 characters, not "17".'],
    ['--room lobby --since yesterday', '--since must be a time such as 90s, 10m, 2h or 1d'],
    ['--room lobby --lines 3', "Unknown option '--lines'. See npm run tail -- --help."],
  ])('refuses %s and says why', (text, problem) => {
    expect(() => read(text)).toThrow(CliError);
    expect(() => read(text)).toThrow(problem);
  });
});
