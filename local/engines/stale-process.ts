import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 5;
const GIVE_UP_MS = 5_000;

/**
 * Ends the engine of an earlier run that outlived its guard too, if there is one. Call it with the
 * lock of the data directory in hand: whoever still serves that directory then has no owner.
 *
 * @param mark text that the engine's command line contains; any other process that has got the same
 *   process id since is left alone.
 */
export async function endStaleProcess(pidFile: string, mark: string): Promise<void> {
  const pid = readPid(pidFile);
  if (pid !== undefined && isRunning(pid, mark)) {
    process.kill(pid, 'SIGKILL');
    for (let waitedMs = 0; isRunning(pid, mark); waitedMs += POLL_MS) {
      if (waitedMs >= GIVE_UP_MS) {
        throw new Error(`Process ${pid} of an earlier run does not end. End it and start again.`);
      }
      await delay(POLL_MS);
    }
  }
  rmSync(pidFile, { force: true });
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number, mark: string): boolean {
  return commandLine(pid).includes(mark);
}

/** The command line of a process; empty for one that has gone, or is a zombie, or cannot be read. */
function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    }
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}
