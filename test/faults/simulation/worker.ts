import { parentPort, workerData } from 'node:worker_threads';
import { registerMutants } from './mutants.ts';
import { seamsOf } from './mutations.ts';
import { forbidRealTime } from './real-time.ts';
import { summarize } from './summary.ts';

/** Runs the seeds that it is sent, one message each, and answers each with its summary. */
const { mutation } = workerData as { mutation: string | undefined };

registerMutants(mutation);
const { simulate } = await import('./simulation.ts');
forbidRealTime();

parentPort?.on('message', async (seeds: number[]) => {
  for (const seed of seeds) {
    try {
      parentPort?.postMessage(summarize(await simulate({ seed, seams: seamsOf(mutation) })));
    } catch (error) {
      parentPort?.postMessage({
        seed,
        error: error instanceof Error ? error.stack : String(error),
      });
    }
  }
});
