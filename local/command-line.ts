import { parseArgs } from 'node:util';

export const HELP = `Usage: npm start -- [options]

Runs the whole stack on this machine, from the same template that is deployed.

  --port <number>       port of the gateway (PORT works too)      default 8787
  --data <directory>    where data is kept between runs           default .roomcast
  --memory              keep nothing: a fresh stack, forgotten at the end
  --assembly <directory>
                        run this output of cdk synth instead of synthesising
  --dynamodb <url>      use this DynamoDB-compatible server (DynamoDB Local, say)
                        instead of the embedded one
  --stream-poll <ms>    how often streams are polled              default 250, as on AWS
  --verbose             one line per hop, and everything the functions log
  --help                this text`;

export interface CommandLine {
  port: number;
  dataDir: string;
  memory: boolean;
  verbose: boolean;
  streamPollMs: number;
  assemblyDir?: string;
  dynamoDbEndpoint?: string;
}

/** The command line is wrong; the message names the option and the fix. */
export class CliError extends Error {}

/** @throws CliError */
export function readCommandLine(
  args: string[],
  environment: Record<string, string | undefined>,
): CommandLine | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const { memory = false, verbose = false, data = '.roomcast', assembly, dynamodb } = values;
  if (memory && values.data !== undefined) {
    throw new CliError('--memory keeps nothing, so it cannot be combined with --data.');
  }
  const port = values.port ?? environment.PORT ?? '8787';
  return {
    port: wholeNumber(values.port === undefined ? 'PORT' : '--port', port, 0, 65_535),
    dataDir: data,
    memory,
    verbose,
    streamPollMs: wholeNumber('--stream-poll', values['stream-poll'] ?? '250', 1, 60_000),
    ...(assembly === undefined ? {} : { assemblyDir: assembly }),
    ...(dynamodb === undefined ? {} : { dynamoDbEndpoint: httpUrl('--dynamodb', dynamodb) }),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        memory: { type: 'boolean' },
        assembly: { type: 'string' },
        dynamodb: { type: 'string' },
        'stream-poll': { type: 'string' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new CliError(`${problem}. See npm start -- --help.`);
  }
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new CliError(`${option} must be a whole number from ${min} to ${max}, not "${text}".`);
}

function httpUrl(option: string, text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new CliError(`${option} must be an http URL such as http://127.0.0.1:8000, not "${text}".`);
}
