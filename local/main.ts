import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CliError, HELP, readCommandLine } from './command-line.ts';
import { type LocalStack, startLocalStack } from './stack.ts';
import type { Hop } from './trace.ts';

/** `npm start`: the whole stack on this machine. */

const say = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

const GREETING = (stack: LocalStack, where: string) => `
Roomcast runs.

  WebSocket   ${stack.webSocketUrl}
  HTTP        ${stack.origin}/api
  data        ${where}

Try it, in two terminals:

  npx wscat -c '${stack.webSocketUrl}?userId=ann&roomId=lobby'
  npx wscat -c '${stack.webSocketUrl}?userId=ben&roomId=lobby'

and in one of them:

  {"action":"send","roomId":"lobby","text":"hello"}

Ctrl-C stops it.`;

/** Everything that the functions log with `--verbose`; otherwise one line for what went wrong. */
function showLog(verbose: boolean) {
  return (functionName: string, line: string) => {
    const text = verbose ? line : troubleIn(line);
    if (text !== undefined) complain(`[${functionName}] ${text}`);
  };
}

/** What a log line says of a failure, if it does; lines that are no JSON come from no logger of ours. */
function troubleIn(line: string): string | undefined {
  try {
    const { level, message, error } = JSON.parse(line);
    if (level !== 'ERROR' && level !== 'WARN') return undefined;
    return error === undefined ? message : `${message}: ${error.name}: ${error.message}`;
  } catch {
    return line;
  }
}

const showHop = (hop: Hop, detail: string) =>
  say(`${new Date().toISOString().slice(11, 23)}  ${hop.padEnd(10)}  ${detail}`);

async function main(): Promise<void> {
  const options = readCommandLine(process.argv.slice(2), process.env);
  if (options === 'help') {
    say(HELP);
    return;
  }
  const { port, memory, verbose, assemblyDir, dynamoDbEndpoint } = options;
  const dataDir = memory ? mkdtempSync(join(tmpdir(), 'roomcast-')) : resolve(options.dataDir);
  const forget = () => {
    if (memory) rmSync(dataDir, { recursive: true, force: true });
  };

  let stopping: Promise<void> | undefined;
  const stop = (exitCode: number) => {
    // A second Ctrl-C does not wait.
    if (stopping !== undefined) process.exit(1);
    stopping = starting
      .then((stack) => stack.stop())
      .catch(() => {})
      .finally(() => {
        forget();
        process.exit(exitCode);
      });
  };
  process.on('SIGINT', () => stop(0));
  process.on('SIGTERM', () => stop(0));

  say(
    `${assemblyDir === undefined ? 'Synthesising the stack and starting' : 'Starting'} its engines …`,
  );
  const starting = startLocalStack({
    dataDir,
    port,
    streamPollMs: options.streamPollMs,
    ...(assemblyDir === undefined ? {} : { assemblyDir: resolve(assemblyDir) }),
    ...(dynamoDbEndpoint === undefined ? {} : { dynamoDbEndpoint }),
    ...(verbose ? { trace: showHop } : {}),
    onProblem: complain,
    onLog: showLog(verbose),
  });
  try {
    say(GREETING(await starting, memory ? 'forgotten at the end (--memory)' : dataDir));
  } catch (error) {
    forget();
    throw error;
  }
}

try {
  await main();
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof CliError ? 2 : 1);
}
