import type { DeliveryJob, DeliveryQueue } from '../../../shared/domain/ports.ts';

/** Gathers the jobs of all rooms of a stream batch into full requests to the queue. */
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

export function createJobCollector(queue: DeliveryQueue): JobCollector {
  const failedRooms = new Map<string, unknown>();
  const underWay = new Set<Promise<void>>();
  let waiting: DeliveryJob[] = [];
  let jobs = 0;

  function flush(): void {
    const batch = waiting;
    waiting = [];
    const request = queue
      .send(batch)
      .catch((error: unknown) => {
        for (const { roomId } of batch) failedRooms.set(roomId, error);
      })
      .finally(() => underWay.delete(request));
    underWay.add(request);
  }

  return {
    async add(job) {
      waiting.push(job);
      jobs += 1;
      if (waiting.length === JOBS_PER_REQUEST) flush();
      while (underWay.size >= REQUESTS_MAX) await Promise.race(underWay);
    },
    async close() {
      if (waiting.length > 0) flush();
      await Promise.all(underWay);
      return { jobs, failedRooms };
    },
  };
}
