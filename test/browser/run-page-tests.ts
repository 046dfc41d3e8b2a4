import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface TestCounts {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Several times what they take: whoever waits for them is told before losing patience. */
const LIMIT_MS = 5 * 60_000;
const GRACE_MS = 10_000;

/**
 * The tests of the chat page, with Jest, against the stack that `CHAT_URL` names. Past `LIMIT_MS` and
 * at Ctrl-C they are ended with whatever they have started, and have failed.
 */
export async function runPageTests(): Promise<TestCounts> {
  const directory = await mkdtemp(join(tmpdir(), 'roomcast-page-tests-'));
  const report = join(directory, 'report.json');
  const jest = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...['node_modules/jest/bin/jest.js', '--config', 'test/page/jest.config.js'],
      // Two browsers at a time: a page mostly waits, for its server and for the clock.
      ...['--maxWorkers', '2', '--verbose', '--json', '--outputFile', report],
    ],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], detached: true },
  );
  let isCutShort = false;
  const cutShort = () => {
    isCutShort = true;
    signalGroup(jest, 'SIGINT');
    setTimeout(() => signalGroup(jest, 'SIGKILL'), GRACE_MS).unref();
  };
  const limit = setTimeout(() => {
    console.error(`The tests of the page did not end within ${LIMIT_MS / 1_000} s.`);
    cutShort();
  }, LIMIT_MS);
  process.on('SIGINT', cutShort).on('SIGTERM', cutShort);
  try {
    await once(jest, 'exit');
    if (isCutShort) throw new Error('They were cut short.');
    return JSON.parse(await readFile(report, 'utf8'));
  } catch {
    // There is no report, or it came before the end.
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
  } finally {
    clearTimeout(limit);
    process.off('SIGINT', cutShort).off('SIGTERM', cutShort);
    await rm(directory, { recursive: true });
  }
}

/** To the process and to those it has started. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // They have ended.
  }
}
