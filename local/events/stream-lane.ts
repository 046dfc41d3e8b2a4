import type { Clock } from '../clock.ts';
import { createNap } from './backoff.ts';
import { batchLength, eventBytes, isFullBatch } from './batch-size.ts';
import type { StreamRecord } from './stream-record.ts';

/** Forms batches of the records of one lane and works them off one after the other. */
export interface StreamLane {
  push(records: readonly StreamRecord[]): void;
  /** Settles when the lane has nothing left to do, or has been stopped. */
  drained(): Promise<void>;
}

export interface StreamLaneDeps {
  batchSize: number;
  /** 0 = invoke with what there is. */
  batchWindowMs: number;
  clock: Clock;
  signal: AbortSignal;
  /** Must not reject. */
  process(records: readonly StreamRecord[]): Promise<void>;
}

export function createStreamLane(deps: StreamLaneDeps): StreamLane {
  const { batchSize, batchWindowMs, clock, signal } = deps;
  const queue: { record: StreamRecord; bytes: number }[] = [];
  const window = createNap(clock, signal);
  let work: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (queue.length > 0 && !signal.aborted) {
      if (batchWindowMs > 0 && !isFullBatch(queue, batchSize)) await window.take(batchWindowMs);
      if (signal.aborted) break;
      const batch = queue.splice(0, batchLength(queue, batchSize));
      await deps.process(batch.map(({ record }) => record));
    }
    work = undefined;
  }

  return {
    push(records) {
      for (const record of records) queue.push({ record, bytes: eventBytes(record) });
      if (isFullBatch(queue, batchSize)) window.wake();
      if (queue.length > 0) work ??= run();
    },
    drained: async () => work,
  };
}
