import { parseArgs } from 'node:util';
import { SCENARIOS, type Shape } from './scenario.ts';

export const HELP = `Usage: npm run load -- <scenario> [options]

  ramp       members come one after the other, while somebody talks
  chatter    many rooms in which people talk
  hot-room   one room with many members
  beside     quiet rooms, alone and then beside a hot one
  storm      everybody is cut off at one moment, and comes back
  soak       a quiet load for hours
  rising     one room, and a rate that rises until p99 is above a second
  <file>     one of your own, as those in test/load/scenarios; ends with .json

  --members <number>             connections, spread over the rooms
  --rooms <number>
  --rate <number>                messages a second in each room
  --seconds <number>             how long messages are sent; rising: at each rate
  --connects-per-second <number> how fast members come
  --text-length <number>         characters of a message
  --hot-members <number>         beside: members of the hot room
  --hot-rate <number>            beside: messages a second in it
  --posts-per-second <number>    beside: what its stack may post

  --driver <own|artillery>       who opens the connections               default own
  --workers <number>             threads of the own driver               default 1
  --fresh                        a stack of its own, even if one runs
  --seed <number>                of the random moments                   default 1
  --out <directory>              for the report                          default load-reports
  --json                         print the report as JSON
  --help                         this text

What is not given is as the scenario's file says, and so are the thresholds. CHAT_URL names the
stack (wss://…/live), with CHAT_TOKEN if it wants one; absent, the one that "npm start" runs on this
machine, and when there is none, one of its own. Exits with 1 if a threshold was missed. Ctrl-C ends
the run with a report of what was measured so far.`;

export interface CommandLine {
  scenario: string;
  changes: Partial<Shape>;
  driver: 'own' | 'artillery';
  workers: number;
  fresh: boolean;
  seed: number;
  outDir: string;
  json: boolean;
  /** Of the stack; absent: one on this machine. */
  url?: string;
  token?: string;
  /** Where `npm start` would be. */
  port: number;
}

/** The command line is wrong; the message names the option and the fix. */
export class CliError extends Error {}

const SHAPE_OPTIONS = {
  members: 'members',
  rooms: 'rooms',
  rate: 'rate',
  seconds: 'seconds',
  'connects-per-second': 'connectsPerSecond',
  'text-length': 'textLength',
  'hot-members': 'hotMembers',
  'hot-rate': 'hotRate',
  'posts-per-second': 'postsPerSecond',
} as const satisfies Record<string, keyof Shape>;
const FRACTIONS = ['rate', 'seconds', 'connects-per-second', 'hot-rate'];
const DEFAULT_PORT = '8787';
const WORKERS_MAX = 64;

/** @throws CliError */
export function readCommandLine(
  args: string[],
  environment: Record<string, string | undefined>,
): CommandLine | 'help' {
  const { values, positionals } = parse(args);
  if (values.help === true) return 'help';
  const [scenario, ...more] = positionals;
  if (scenario === undefined || more.length > 0 || !isScenario(scenario)) {
    const given =
      positionals.length === 0 ? 'None is given' : `Given is "${positionals.join(' ')}"`;
    throw new CliError(
      `Name one scenario: ${SCENARIOS.join(', ')}, or a file that ends with .json. ${given}.`,
    );
  }
  const { driver = 'own' } = values;
  if (driver !== 'own' && driver !== 'artillery') {
    throw new CliError(`--driver must be own or artillery, not "${driver}".`);
  }
  if (driver === 'artillery' && values.workers !== undefined) {
    throw new CliError('--workers is for the own driver: Artillery runs in one thread here.');
  }
  const { CHAT_URL: url, CHAT_TOKEN: token } = environment;
  if (url !== undefined && values.fresh === true) {
    throw new CliError('--fresh starts a stack, so it cannot be combined with CHAT_URL.');
  }
  return {
    scenario,
    changes: readChanges(values),
    driver,
    workers: positive('--workers', values.workers ?? '1', { whole: true, max: WORKERS_MAX }),
    fresh: values.fresh === true,
    seed: positive('--seed', values.seed ?? '1', { whole: true }),
    outDir: values.out ?? 'load-reports',
    json: values.json === true,
    port: portNumber(environment.PORT ?? DEFAULT_PORT),
    ...(url !== undefined && { url: webSocketUrl(url) }),
    ...(token !== undefined && { token }),
  };
}

/**
 * What a scenario asks for beyond the options.
 *
 * @throws CliError
 */
export function requireFor({ hotMembers, postsPerSecond }: Shape, options: CommandLine): void {
  if (hotMembers !== undefined && options.driver === 'artillery') {
    throw new CliError('--driver artillery knows one kind of room: take the own driver.');
  }
  if (postsPerSecond !== undefined && options.url !== undefined) {
    throw new CliError('What a stack may post is set when it is started: leave CHAT_URL out.');
  }
}

const isScenario = (name: string) =>
  name.endsWith('.json') || (SCENARIOS as readonly string[]).includes(name);

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        members: text,
        rooms: text,
        rate: text,
        seconds: text,
        'connects-per-second': text,
        'text-length': text,
        'hot-members': text,
        'hot-rate': text,
        'posts-per-second': text,
        driver: text,
        workers: text,
        seed: text,
        out: text,
        fresh: flag,
        json: flag,
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const [problem] = (error as Error).message.split('. ');
    throw new CliError(`${problem}. See npm run load -- --help.`);
  }
}

function readChanges(values: { [option in keyof typeof SHAPE_OPTIONS]?: string }): Partial<Shape> {
  const changes: Partial<Pick<Shape, (typeof SHAPE_OPTIONS)[keyof typeof SHAPE_OPTIONS]>> = {};
  for (const option of Object.keys(SHAPE_OPTIONS) as (keyof typeof SHAPE_OPTIONS)[]) {
    const given = values[option];
    if (given === undefined) continue;
    changes[SHAPE_OPTIONS[option]] = positive(`--${option}`, given, {
      whole: !FRACTIONS.includes(option),
    });
  }
  return changes;
}

function positive(option: string, text: string, { whole = false, max = Infinity }): number {
  const value = Number(text);
  if (value > 0 && value <= max && (!whole || Number.isInteger(value))) return value;
  const most = max === Infinity ? '' : ` and up to ${max}`;
  throw new CliError(
    `${option} must be a ${whole ? 'whole ' : ''}number above 0${most}, not "${text}".`,
  );
}

function portNumber(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new CliError(`PORT must be a whole number up to 65535, not "${text}".`);
}

function webSocketUrl(text: string): string {
  if (URL.canParse(text) && /^wss?:/.test(text)) return text;
  throw new CliError(
    `CHAT_URL must be a WebSocket URL such as wss://example.com/live, not "${text}".`,
  );
}
