import * as z from 'zod';
import {
  CliError,
  parseOptions,
  rate,
  readTarget,
  TARGET_HELP,
  type Target,
} from '../common/options.ts';
import { SWEPT_TABLES, type SweepCursor } from './sweep.ts';

export const HELP = `Usage: npm run sweep -- [options]

Removes the rows of connections that are gone: of those that ended without a goodbye and
that no delivery has found gone since. It reads the tables of connections and memberships
as a whole, and asks API Gateway about every connection.

  --dry-run             only count; nothing is removed
  --rate <number>       connections asked about, or rows removed, a second: each
                        takes one of the account's requests      default 50
  --from <cursor>       go on where a run that was stopped says it did
${TARGET_HELP}

Rows of the last minute are left alone: their connections may be opening. It may be
stopped at any time, and run again. Exits with 1 if API Gateway did not answer for
every connection.`;

export interface CommandLine extends Target {
  dryRun: boolean;
  perSecond: number;
  from?: SweepCursor;
}

const cursorSchema = z.object({
  table: z.enum(SWEPT_TABLES),
  after: z.record(z.string(), z.string()).optional(),
});

export const encodeCursor = (cursor: SweepCursor): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** @throws CliError */
export function readCommandLine(args: string[]): CommandLine | 'help' {
  const values = parseOptions('sweep', args, {
    'dry-run': { type: 'boolean' },
    rate: { type: 'string' },
    from: { type: 'string' },
  });
  if (values.help === true) return 'help';
  return {
    dryRun: values['dry-run'] === true,
    perSecond: rate(values.rate ?? '50'),
    ...(values.from !== undefined && { from: decodeCursor(values.from) }),
    ...readTarget(values),
  };
}

function decodeCursor(text: string): SweepCursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw new CliError(`--from must be what a run that was stopped has printed, not "${text}".`);
  }
}
