import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resolveDynoxideBinary } from './dynoxide-binary.ts';
import { findFreePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { probe } from './http-probe.ts';
import { lockDirectory } from './lock.ts';
import { endStaleProcess } from './stale-process.ts';
import { applyStreamIndex } from './stream-index.ts';

const FIRST_POLL_MS = 2;
const LONGEST_POLL_MS = 100;
const READY_TIMEOUT_MS = 15_000;
/** A free port may be taken by someone else before the engine binds it. */
const START_ATTEMPTS = 3;

export interface DynamoDbOptions {
  /** The engine's files are in `dynamodb/` below. */
  dataDir: string;
  /** Loopback port; any free one by default. */
  port?: number;
  /** A running DynamoDB-compatible server to use; nothing is started then, and `dataDir` is not used. */
  endpoint?: string;
  /** Called once if the engine ends without having been stopped. */
  onExit(problem: string): void;
}

export interface DynamoDbEngine {
  endpoint: string;
  kind: 'dynoxide' | 'external';
  stop(): Promise<void>;
}

/**
 * Starts the embedded DynamoDB with Streams on the loopback interface, or uses the server at
 * `options.endpoint`. What it acknowledged survives SIGKILL of it and of this process.
 *
 * @throws Error if the data directory is in use, or if there is no engine for this machine.
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDbEngine> {
  if (options.endpoint !== undefined) return externalEngine(options.endpoint);

  const binary = resolveDynoxideBinary();
  const directory = join(options.dataDir, 'dynamodb');
  const lock = lockDirectory(directory);
  try {
    const databasePath = join(directory, 'tables.sqlite');
    const pidFile = join(directory, 'engine.pid');
    await endStaleProcess(pidFile, databasePath);
    const { engine, endpoint } = await startDynoxide(binary, databasePath, pidFile, options.port);
    applyStreamIndex(databasePath);

    let stopping = false;
    const ended = engine.exited.then(async (problem) => {
      // A guard that was killed leaves the engine behind.
      await endStaleProcess(pidFile, databasePath).finally(lock.release);
      if (!stopping) options.onExit(`The embedded DynamoDB ended with ${problem}`);
    });
    ended.catch((error: unknown) => options.onExit(String(error)));
    return {
      endpoint,
      kind: 'dynoxide',
      stop: async () => {
        stopping = true;
        await engine.end();
        await ended;
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function externalEngine(endpoint: string): Promise<DynamoDbEngine> {
  try {
    await probe(endpoint);
  } catch (cause) {
    throw new Error(
      `No DynamoDB-compatible server answers at ${endpoint}. Start it, or correct --dynamodb.`,
      { cause },
    );
  }
  return { endpoint, kind: 'external', stop: async () => {} };
}

async function startDynoxide(
  binary: string,
  databasePath: string,
  pidFile: string,
  wantedPort: number | undefined,
): Promise<{ engine: GuardedProcess; endpoint: string }> {
  const attempts = wantedPort === undefined || wantedPort === 0 ? START_ATTEMPTS : 1;
  let problem = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = wantedPort || (await findFreePort());
    const args = ['serve', '--host', '127.0.0.1', '--port', String(port)];
    const engine = startGuarded(binary, [...args, '--db-path', databasePath], pidFile);
    const endpoint = `http://127.0.0.1:${port}`;
    if (await becomesReady(engine, endpoint)) return { engine, endpoint };
    await engine.end();
    problem = await engine.exited;
  }
  throw new Error(`The embedded DynamoDB did not start. It ended with ${problem}`);
}

/**
 * False if the process ends, or takes too long, before its port answers. The engine's own word is
 * asked for as well, since whoever had taken the port before would answer too.
 */
async function becomesReady(engine: GuardedProcess, endpoint: string): Promise<boolean> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  let pollMs = FIRST_POLL_MS;
  while (!engine.hasExited() && performance.now() < deadline) {
    const answered = await probe(endpoint).then(
      () => true,
      () => false,
    );
    if (answered && engine.output().includes(`listening on ${endpoint}`)) return true;
    await delay(pollMs);
    pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS);
  }
  return false;
}
