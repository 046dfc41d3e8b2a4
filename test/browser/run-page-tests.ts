import { spawn } from 'node:child_process';
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

/** The tests of the chat page, with Jest, against the stack that `CHAT_URL` names. */
export async function runPageTests(): Promise<TestCounts> {
  const directory = await mkdtemp(join(tmpdir(), 'roomcast-page-tests-'));
  const report = join(directory, 'report.json');
  try {
    const jest = spawn(
      process.execPath,
      [
        ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
        ...['node_modules/jest/bin/jest.js', '--config', 'test/page/jest.config.js'],
        // One browser at a time: they would only take each other's time.
        ...['--runInBand', '--verbose', '--json', '--outputFile', report],
      ],
      { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await once(jest, 'exit');
    return JSON.parse(await readFile(report, 'utf8'));
  } catch {
    // It ended before it could report.
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
  } finally {
    await rm(directory, { recursive: true });
  }
}
