import type { DeliveryJob, DeliveryQueue } from '../../../shared/domain/ports.ts';
import { createStagger, type StaggerLimits } from './stagger.ts';

/**
 * Gathers the jobs of all rooms of a stream batch into full requests to the queue, each for the second
 * in which its jobs may be taken.
 */
export interface JobCollector {
  /** Takes a job in; waits while too many requests are under way, so that memory stays bounded. */
  add(job: DeliveryJob): Promise<void>;
  /** Sends the rest, and tells the rooms of which not every job was enqueued, with the cause. */
  close(): Promise<{ jobs: number; failedRooms: Map<string, unknown> }>;
}

/** One full SendMessageBatch. */
const JOBS_PER_REQUEST = 10;

/** Requests under way at once. */
const REQUESTS_MAX = 4;

export function createJobCollector(queue: DeliveryQueue, limits: StaggerLimits): JobCollector {
  const delayOf = createStagger(limits);
  const failedRooms = new Map<string, unknown>();
  const underWay = new Set<Promise<void>>();
  const waiting = new Map<number, DeliveryJob[]>();
  let jobs = 0;

  function flush(delaySeconds: number): void {
    const batch = waiting.get(delaySeconds) ?? [];
    waiting.delete(delaySeconds);
    const request = queue
      .send(batch, delaySeconds)
      .catch((error: unknown) => {
        for (const { roomId } of batch) failedRooms.set(roomId, error);
      })
      .finally(() => underWay.delete(request));
    underWay.add(request);
  }

  return {
    async add(job) {
      const posts = job.frames.length * job.connectionIds.length;
      const delaySeconds = delayOf(job.roomId, posts);
      const batch = waiting.get(delaySeconds) ?? [];
      waiting.set(delaySeconds, batch);
      batch.push(job);
      jobs += 1;
      if (batch.length === JOBS_PER_REQUEST) flush(delaySeconds);
      while (underWay.size >= REQUESTS_MAX) await Promise.race(underWay);
    },
    async close() {
      for (const delaySeconds of waiting.keys()) flush(delaySeconds);
      await Promise.all(underWay);
      return { jobs, failedRooms };
    },
  };
}
