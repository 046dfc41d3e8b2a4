import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';
import { createCommander, type Obey, type OrdersOf, obeying, type Tell } from './orders.ts';

/** Somebody elsewhere who carries out orders. */
export interface Obedient<Orders extends OrdersOf<Orders>> {
  tell: Tell<Orders>;
  /** Ends it, whatever it does. */
  stop(): Promise<void>;
}

/** @param entry of the thread: a file that calls {@link obeyInThread} */
export async function startThread<Orders extends OrdersOf<Orders>>(
  entry: URL,
  workerData: unknown,
): Promise<Obedient<Orders>> {
  const worker = new Worker(entry, { workerData });
  const { tell, receive, fail } = createCommander<Orders>((request) => worker.postMessage(request));
  worker.on('message', receive);
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('The thread has ended.')));
  await once(worker, 'online');
  return {
    tell,
    async stop() {
      await worker.terminate();
    },
  };
}

export function obeyInThread<Orders extends OrdersOf<Orders>>(obey: Obey<Orders>): void {
  if (parentPort === null) throw new Error('This file runs as a thread only.');
  const port = parentPort;
  port.on(
    'message',
    obeying(obey, (reply) => port.postMessage(reply)),
  );
}
