import { describe, expect, it } from '@jest/globals';
import { CliError } from '../../../../operations/common/options.ts';
import { encodeCursor, readCommandLine } from '../../../../operations/sweep/command-line.ts';
import type { SweepCursor } from '../../../../operations/sweep/sweep.ts';

const read = (text: string) => readCommandLine(text.split(' ').filter((word) => word !== ''));

describe('the command line of sweep', () => {
  it('sweeps the local stack, fifty a second, unless told otherwise', () => {
    const target = { stack: 'local', dataDir: '.roomcast' };
    expect(read('')).toEqual({ dryRun: false, perSecond: 50, ...target });
  });

  it('goes on where a run said it was', () => {
    const after = { partition: 'connection#c1=', member: 'lobby' };
    const from: SweepCursor = { table: 'memberships', after };
    expect(read(`--from ${encodeCursor(from)}`)).toMatchObject({ from });
    expect(read(`--from ${encodeCursor({ table: 'memberships' })}`)).toMatchObject({
      from: { table: 'memberships' },
    });
  });

  it.each([
    ['--rate none', '--rate must be a number above 0'],
    ['--from here', '--from must be what a run that was stopped has printed, not "here".'],
    ['--max 3', "Unknown option '--max'. See npm run sweep -- --help."],
  ])('refuses %s and says why', (text, problem) => {
    expect(() => read(text)).toThrow(CliError);
    expect(() => read(text)).toThrow(problem);
  });
});
