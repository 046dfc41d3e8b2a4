import {
  CliError,
  parseOptions,
  rate,
  readTarget,
  TARGET_HELP,
  type Target,
  wholeNumber,
} from '../common/options.ts';

export const HELP = `Usage: npm run redrive -- --dlq <delivery|fan-out|flush> [options]

Shows what was set aside on its way to the members of a room, and moves it back.

  --dlq delivery        jobs that could not be posted: back to the delivery queue
  --dlq fan-out         stream records that could not become jobs, those that Lambda
                        gave up by the batch included: fanned out again
  --dlq flush           flushes of hot rooms that failed: flushed again
  --dry-run             only show; nothing is moved
  --max <number>        move so many letters at most             default all
  --rate <number>       jobs or messages a second                default 10
${TARGET_HELP}

It may be stopped at any time, and run again: a letter is removed when it is certain
that it was taken, and clients drop what they know. Exits with 1 if it had to leave
letters behind.`;

/** The dead-letter queues, as they are called here. */
const DLQS = ['delivery', 'fan-out', 'flush'] as const;

export interface CommandLine extends Target {
  dlq: (typeof DLQS)[number];
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
  const { max } = values;
  const dlq = DLQS.find((name) => name === values.dlq);
  if (dlq === undefined) {
    const given = values.dlq === undefined ? 'It is missing' : `It is "${values.dlq}"`;
    throw new CliError(`--dlq must be delivery, fan-out or flush. ${given}.`);
  }
  return {
    dlq,
    dryRun: values['dry-run'] === true,
    max: max === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--max', max),
    perSecond: rate(values.rate ?? '10'),
    ...readTarget(values),
  };
}
