import { decodeJob } from '../../shared/aws/delivery-job.ts';
import type { DeliveryQueue } from '../../shared/domain/ports.ts';
import { createJobReader } from './job-letters.ts';
import type { ReadLetter } from './queue-letters.ts';

/** The delivery DLQ: a job goes back as one that has not been tried yet. */
export const createDeliveryReader = (queue: DeliveryQueue): ReadLetter =>
  createJobReader(decodeJob, ({ hops: _, strikes: __, ...job }) =>
    queue.send([{ ...job, hops: 0 }]),
  );
