import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CliError, HELP, readCommandLine } from './command-line.ts';
import { createConsole } from './console.ts';
import { createLogFile } from './log-file.ts';
import { buildPages } from './page/build-pages.ts';
import { type LocalStack, startLocalStack } from './stack.ts';

/** `npm start`: the whole stack on this machine. */

const GREETING = (stack: LocalStack, where: string) => `
Roomcast runs.

  chat        ${stack.origin}/
  dashboard   ${stack.origin}/ops
  WebSocket   ${stack.webSocketUrl}
  HTTP        ${stack.origin}/api
  data        ${where}

Open the chat in a browser; a second tab is one click away. Or in a terminal:

  npx wscat -c '${stack.webSocketUrl}?userId=ann&roomId=lobby'
  {"action":"send","roomId":"lobby","text":"hello"}

Ctrl-C stops it.`;

async function main(): Promise<void> {
  const options = readCommandLine(process.argv.slice(2), process.env);
  if (options === 'help') {
    console.log(HELP);
    return;
  }
  const { say, complain, hop, log, alarm } = createConsole(options.verbose);
  const { port, memory, verbose, assemblyDir, dynamoDbEndpoint } = options;
  const dataDir = memory ? mkdtempSync(join(tmpdir(), 'roomcast-')) : resolve(options.dataDir);
  const logFile = createLogFile(dataDir, { onProblem: complain });
  const forget = () => {
    logFile.close();
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
  const starting = buildPages(complain).then((pages) =>
    startLocalStack({
      dataDir,
      port,
      pages,
      streamPollMs: options.streamPollMs,
      ...(assemblyDir === undefined ? {} : { assemblyDir: resolve(assemblyDir) }),
      ...(dynamoDbEndpoint === undefined ? {} : { dynamoDbEndpoint }),
      ...(verbose ? { trace: hop } : {}),
      onProblem: complain,
      onLog(functionName, line) {
        log(functionName, line);
        logFile.write(functionName, line);
      },
      onAlarm: alarm,
    }),
  );
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
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof CliError ? 2 : 1);
}
