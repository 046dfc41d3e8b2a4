import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createCommander } from '../../support/orders.ts';
import type { StackFigures } from './load-stack.ts';
import type { StackOrders, StackSettings } from './stack-orders.ts';

/** A fresh local stack in a process of its own, so that load and stack do not share a thread. */
export interface LocalStackProcess {
  url: string;
  figures(): Promise<StackFigures>;
  stop(): Promise<void>;
}

const ENTRY = fileURLToPath(new URL('./stack-main.ts', import.meta.url));

/** @throws the reason of `signal`, at once; what was started ends by itself then. */
export async function startStackProcess(
  settings: StackSettings,
  signal: AbortSignal,
): Promise<LocalStackProcess> {
  // In a group of its own: a Ctrl-C is for the load, which stops the stack when it has its report.
  const child = fork(ENTRY, { detached: true });
  const { tell, receive, fail } = createCommander<StackOrders>((request) => {
    child.send(request, (error) => error && fail(error));
  });
  child.on('message', receive);
  const exited = once(child, 'exit');
  void exited.then(() => fail(new Error('The local stack has ended.')));
  const giveUp = () => {
    fail(signal.reason);
    child.disconnect();
    child.unref();
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const { url } = await tell('start', settings);
  signal.removeEventListener('abort', giveUp);
  return {
    url,
    figures: () => tell('figures', {}),
    async stop() {
      if (child.exitCode !== null) return;
      await tell('stop', {}).catch(() => {});
      child.disconnect();
      await exited;
    },
  };
}
