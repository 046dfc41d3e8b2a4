import {
  CliError,
  parseOptions,
  rate,
  readTarget,
  TARGET_HELP,
  type Target,
  wholeNumber,
} from '../common/options.ts';

export const HELP = `Usage: npm run redrive -- --dlq <delivery|fan-out> [options]

Shows what was set aside on its way to the members of a room, and moves it back.

  --dlq delivery        jobs that could not be posted: back to the delivery queue
  --dlq fan-out         stream records that could not become jobs, those that Lambda
                        gave up by the batch included: fanned out again
  --dry-run             only show; nothing is moved
  --max <number>        move so many letters at most             default all
  --rate <number>       jobs or messages a second                default 10
${TARGET_HELP}

It may be stopped at any time, and run again: a letter is removed when it is certain
that it was taken, and clients drop what they know. Exits with 1 if it had to leave
letters behind.`;

export interface CommandLine extends Target {
  dlq: 'delivery' | 'fan-out';
  dryRun: boolean;
  max: number;
  perSecond: number;
}

/** @throws CliError */
export function readCommandLine(args: string[]): CommandLine | 'help' {
  const values = parseOptions('redrive', args, {
    dlq: { type: 'string' },
    'dry-run': { type: 'boolean' },
    max: { type: 'string' },
    rate: { type: 'string' },
  });
  if (values.help === true) return 'help';
  const { dlq, max } = values;
  if (dlq !== 'delivery' && dlq !== 'fan-out') {
    const given = dlq === undefined ? 'It is missing' : `It is "${dlq}"`;
    throw new CliError(`--dlq must be delivery or fan-out. ${given}.`);
  }
  return {
    dlq,
    dryRun: values['dry-run'] === true,
    max: max === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--max', max),
    perSecond: rate(values.rate ?? '10'),
    ...readTarget(values),
  };
}
