import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CrowdOrders, CrowdReply, CrowdSettings, OrderName } from './crowd-orders.ts';

/** Many clients in a thread of their own. */
export interface Crowd {
  tell<Name extends OrderName>(
    name: Name,
    order: CrowdOrders[Name]['order'],
  ): Promise<CrowdOrders[Name]['answer']>;
  /** Ends the thread, whatever it does. */
  stop(): Promise<void>;
}

export async function startCrowd(settings: CrowdSettings): Promise<Crowd> {
  const worker = new Worker(new URL('./crowd-worker.ts', import.meta.url), {
    workerData: settings,
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let count = 0;
  let end: Error | undefined;

  function fail(problem: Error): void {
    end ??= problem;
    for (const { reject } of waiting.values()) reject(end);
    waiting.clear();
  }

  worker.on('message', (reply: CrowdReply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('problem' in reply) asked?.reject(new Error(reply.problem));
    else asked?.resolve(reply.answer);
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('The clients have ended.')));
  await once(worker, 'online');

  return {
    tell(name, order) {
      if (end !== undefined) return Promise.reject(end);
      count += 1;
      const asked = Promise.withResolvers<unknown>();
      waiting.set(count, asked);
      worker.postMessage({ id: count, name, order });
      return asked.promise as Promise<CrowdOrders[typeof name]['answer']>;
    },
    async stop() {
      await worker.terminate();
    },
  };
}
