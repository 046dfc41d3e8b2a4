import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Summary } from './summary.ts';

export interface FleetOptions {
  from: number;
  seeds: number;
  mutation?: string | undefined;
  workers?: number | undefined;
  signal?: AbortSignal;
  /** Called in any order of seeds. True ends the fleet: enough was seen. */
  onSummary(summary: Summary): boolean | undefined;
}

/** Enough to keep a worker busy, few enough for progress and for an early end. */
const SEEDS_PER_ERRAND = 4;

/**
 * Runs seeds on all cores. A seed runs in one thread from beginning to end, so that how many there are
 * changes nothing but the time it takes.
 *
 * @throws what a run throws, with its seed: that is a fault of the simulation, not of the product
 */
export async function runFleet(options: FleetOptions): Promise<void> {
  const { from, seeds, mutation, signal, onSummary } = options;
  const count = Math.min(options.workers ?? availableParallelism(), seeds);
  const end = from + seeds;
  let next = from;
  let isOver = false;

  const run = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      let pending = 0;
      const proceed = () => {
        if (isOver || signal?.aborted || next >= end) return resolve();
        const errand = Array.from(
          { length: Math.min(SEEDS_PER_ERRAND, end - next) },
          (_, index) => next + index,
        );
        next += errand.length;
        pending = errand.length;
        worker.postMessage(errand);
      };
      worker.on('message', (answer: Summary | { seed: number; error: string }) => {
        if ('error' in answer) return reject(new Error(`Seed ${answer.seed}: ${answer.error}`));
        if (!isOver && onSummary(answer) === true) isOver = true;
        pending -= 1;
        if (isOver) resolve();
        else if (pending === 0) proceed();
      });
      worker.on('error', reject);
      signal?.addEventListener('abort', () => resolve(), { once: true });
      proceed();
    });

  const workers = Array.from(
    { length: count },
    () => new Worker(new URL('./worker.ts', import.meta.url), { workerData: { mutation } }),
  );
  try {
    await Promise.all(workers.map(run));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
