import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run redrive -- --dlq <delivery|fan-out> [options]

Shows what was set aside on its way to the members of a room, and moves it back.

  --dlq delivery        jobs that could not be posted: back to the delivery queue
  --dlq fan-out         stream records that could not become jobs, those that Lambda
                        gave up by the batch included: fanned out again
  --dry-run             only show; nothing is moved
  --max <number>        move so many letters at most             default all
  --rate <number>       jobs or messages a second                default 10
  --stack <name>        local, or a deployed stack such as Roomcast-dev-chat, with
                        credentials and Region as the AWS CLI takes them
                                                                 default local
  --data <directory>    where the local stack keeps its data     default .roomcast
  --help                this text

It may be stopped at any time, and run again: a letter is removed when it is certain
that it was taken, and clients drop what they know. Exits with 1 if it had to leave
letters behind.`;

export interface CommandLine {
  dlq: 'delivery' | 'fan-out';
  dryRun: boolean;
  max: number;
  perSecond: number;
  stack: string;
  dataDir: string;
}

/** The command line is wrong; the message names the option and the fix. */
export class CliError extends Error {}

/** @throws CliError */
export function readCommandLine(args: string[]): CommandLine | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const { dlq, stack = 'local', data } = values;
  if (dlq !== 'delivery' && dlq !== 'fan-out') {
    const given = dlq === undefined ? 'It is missing' : `It is "${dlq}"`;
    throw new CliError(`--dlq must be delivery or fan-out. ${given}.`);
  }
  if (data !== undefined && stack !== 'local') {
    throw new CliError('--data is for the local stack: it cannot be combined with --stack.');
  }
  return {
    dlq,
    dryRun: values['dry-run'] === true,
    max: wholeNumber('--max', values.max),
    perSecond: rate(values.rate ?? '10'),
    stack,
    dataDir: data ?? '.roomcast',
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        dlq: { type: 'string' },
        'dry-run': { type: 'boolean' },
        max: { type: 'string' },
        rate: { type: 'string' },
        stack: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new CliError(`${problem}. See npm run redrive -- --help.`);
  }
}

function wholeNumber(option: string, text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new CliError(`${option} must be a whole number from 1, not "${text}".`);
}

/** `20` and `20/s` mean the same. */
function rate(text: string): number {
  const perSecond = Number(text.replace(/\/s$/, ''));
  if (perSecond > 0 && perSecond <= 10_000) return perSecond;
  throw new CliError(`--rate must be a number above 0 and up to 10000 a second, not "${text}".`);
}
