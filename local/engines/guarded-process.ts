import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const GUARD = fileURLToPath(new URL('./engine-guard.ts', import.meta.url));
/** How much of what an engine wrote is kept for the message about its end. */
const KEPT_OUTPUT_CHARACTERS = 2_000;
const LAST_OUTPUT_WAIT_MS = 100;

export interface GuardedProcess {
  /** Resolves once the process has gone, with the last that it wrote and how it ended. */
  exited: Promise<string>;
  hasExited(): boolean;
  /** The last that the process wrote, to either stream. */
  output(): string;
  /** Ends the process and resolves once it has gone. */
  end(): Promise<void>;
}

/**
 * Starts `command` under a guard that ends it together with this process, even after SIGKILL.
 * Ctrl-C in the terminal does not reach it: the runtime stops its engines last, in its own order.
 *
 * @param pidFile where the guard notes the engine's process id, for {@link endStaleProcess}.
 */
export function startGuarded(command: string, args: string[], pidFile: string): GuardedProcess {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const guard = spawn(process.execPath, [GUARD, pidFile, command, ...args], {
    detached: true,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT_CHARACTERS);
  };
  guard.stdout.on('data', keep);
  guard.stderr.on('data', keep);
  guard.stdin.on('error', () => {});

  let gone = false;
  const closed = once(guard, 'close').catch(() => {});
  const exited = once(guard, 'exit').then(
    async ([code, signal]: unknown[]) => {
      gone = true;
      // The pipes stay open if the engine outlived its guard, so the wait for the last lines is short.
      await Promise.race([closed, delay(LAST_OUTPUT_WAIT_MS, undefined, { ref: false })]);
      guard.stdout.destroy();
      guard.stderr.destroy();
      return `${signal === null ? `exit code ${code}` : signal}: ${output.trim() || 'no output'}`;
    },
    (error: unknown) => {
      gone = true;
      return String(error);
    },
  );
  return {
    exited,
    hasExited: () => gone,
    output: () => output,
    end: async () => {
      guard.stdin.end();
      await exited;
    },
  };
}
