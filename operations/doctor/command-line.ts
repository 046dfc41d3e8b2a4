import { parseOptions, readTarget, TARGET_HELP, type Target } from '../common/options.ts';

export const HELP = `Usage: npm run doctor -- [options]

Examines a stack, and says of everything that is wrong what it is, why it matters, and what
ends it. It changes nothing.

${TARGET_HELP}

Exits with 0 when nothing is wrong, with 1 when something is, and with 2 when it could not
look at everything.`;

/** @throws CliError */
export function readCommandLine(args: string[]): Target | 'help' {
  const values = parseOptions('doctor', args, {});
  return values.help === true ? 'help' : readTarget(values);
}
