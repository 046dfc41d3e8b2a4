import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The local stack as users start it: a process of its own. */
export interface LocalProcess {
  /** `ws://127.0.0.1:<port>/live` */
  url: string;
  pid: number;
  /** Everything it printed so far, both streams. */
  output(): string;
  /** Ctrl-C; resolves with the exit code when the process has ended. */
  stop(): Promise<number | null>;
  /** No goodbye: SIGKILL. */
  kill(): Promise<void>;
}

const START = fileURLToPath(new URL('../../local/start.mjs', import.meta.url));

/**
 * @param variables in addition to this process's own
 * @throws Error with what it printed, when the process ends before it is ready.
 */
export async function startLocalProcess(
  args: string[],
  variables: Record<string, string> = {},
): Promise<LocalProcess> {
  const child = spawn(process.execPath, [START, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variables },
  });
  const exited = once(child, 'exit').then(([code]) => (code === null ? null : Number(code)));
  const endWithParent = () => child.kill('SIGINT');
  process.once('exit', endWithParent);
  void exited.then(() => process.off('exit', endWithParent));

  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += String(text);
    });
  }
  const url = await Promise.race([readUrl(child), exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`The local stack did not start:\n${output}`);
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    stop: () => {
      child.kill('SIGINT');
      return exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function readUrl({ stdout }: ChildProcess): Promise<string | undefined> {
  if (stdout === null) return undefined;
  const lines = createInterface({ input: stdout });
  try {
    for await (const line of lines) {
      const url = /ws:\/\/[^\s'?]+\/live/.exec(line)?.[0];
      if (url !== undefined) return url;
    }
    return undefined;
  } finally {
    stdout.resume();
  }
}
