import type { DeadLetters, DeliveryJob, DeliveryQueue } from '../../shared/domain/ports.ts';
import { type Calls, createCalls } from './calls.ts';

export interface QueuedJob {
  job: DeliveryJob;
  delaySeconds: number;
}

export interface InMemoryDeliveryQueue extends DeliveryQueue {
  /** What has been enqueued and not been taken yet, in order. */
  readonly queued: readonly QueuedJob[];
  /** Takes everything that is there. */
  take(): QueuedJob[];
}

export function createInMemoryDeliveryQueue(calls: Calls = createCalls()): InMemoryDeliveryQueue {
  const queued: QueuedJob[] = [];
  return {
    queued,
    take: () => queued.splice(0),
    send: (jobs, delaySeconds = 0) =>
      calls.through('queue.send', () => {
        queued.push(...jobs.map((job) => ({ job, delaySeconds })));
      }),
  };
}

type Letter = Parameters<DeadLetters['add']>[0];

export interface InMemoryDeadLetters extends DeadLetters {
  readonly letters: readonly Letter[];
}

export function createInMemoryDeadLetters(calls: Calls = createCalls()): InMemoryDeadLetters {
  const letters: Letter[] = [];
  return {
    letters,
    add: (letter) =>
      calls.through('deadLetters.add', () => {
        letters.push(letter);
      }),
  };
}
