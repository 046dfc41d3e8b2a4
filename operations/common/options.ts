import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** The command line is wrong; the message names the option and the fix. */
export class CliError extends Error {}

/** Which stack a command works on. */
export interface Target {
  /** `local`, or the name of a deployed stack. */
  stack: string;
  /** Where the local stack keeps its data. */
  dataDir: string;
}

export const DEFAULT_DATA_DIR = '.roomcast';

/** What every command understands. */
const COMMON_OPTIONS = {
  stack: { type: 'string' },
  stage: { type: 'string' },
  data: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;

export const TARGET_HELP = `  --stack <name>        local, or a deployed stack such as Roomcast-dev-chat, with
                        credentials and Region as the AWS CLI takes them
                                                                 default local
  --stage <name>        dev or production: short for --stack Roomcast-<stage>-chat
  --data <directory>    where the local stack keeps its data     default .roomcast
  --help                this text`;

/** @throws CliError for what is no option of the command. */
export function parseOptions<Own extends ParseArgsOptionsConfig>(
  command: string,
  args: string[],
  own: Own,
) {
  try {
    return parseArgs({ args, options: { ...COMMON_OPTIONS, ...own } }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new CliError(`${problem}. See npm run ${command} -- --help.`);
  }
}

interface TargetValues {
  stack?: string | undefined;
  stage?: string | undefined;
  data?: string | undefined;
}

/** @throws CliError */
export function readTarget({ stack, stage, data }: TargetValues): Target {
  if (stage !== undefined && stack !== undefined) {
    throw new CliError('--stage is short for --stack: give one of them.');
  }
  if (stage !== undefined && stage !== 'dev' && stage !== 'production') {
    throw new CliError(`--stage must be dev or production, not "${stage}".`);
  }
  const named = stage === undefined ? (stack ?? 'local') : `Roomcast-${stage}-chat`;
  if (data !== undefined && named !== 'local') {
    const given = stage === undefined ? '--stack' : '--stage';
    throw new CliError(`--data is for the local stack: it cannot be combined with ${given}.`);
  }
  return { stack: named, dataDir: data ?? DEFAULT_DATA_DIR };
}

/** @throws CliError */
export function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new CliError(`${option} must be a whole number from 1, not "${text}".`);
}

/**
 * `20` and `20/s` mean the same.
 *
 * @throws CliError
 */
export function rate(text: string): number {
  const perSecond = Number(text.replace(/\/s$/, ''));
  if (perSecond > 0 && perSecond <= 10_000) return perSecond;
  throw new CliError(`--rate must be a number above 0 and up to 10000 a second, not "${text}".`);
}
