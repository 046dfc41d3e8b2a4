import type {
  DeadLetters,
  DeliveryJob,
  DeliveryQueue,
  RoomJob,
  RoomJobQueue,
} from '../../shared/domain/ports.ts';
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

export interface InMemoryRoomJobs extends RoomJobQueue {
  /** What has been enqueued, in order. */
  readonly queued: { job: RoomJob; delaySeconds: number }[];
}

export function createInMemoryRoomJobs(calls: Calls = createCalls()): InMemoryRoomJobs {
  const queued: InMemoryRoomJobs['queued'] = [];
  return {
    queued,
    send: (job, delaySeconds = 0) =>
      calls.through('roomJobs.send', () => {
        queued.push({ job, delaySeconds });
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
