import { decodeRoomJob } from '../../shared/aws/room-job.ts';
import type { RoomJobQueue } from '../../shared/domain/ports.ts';
import { createJobReader } from './job-letters.ts';
import type { ReadLetter } from './queue-letters.ts';

/** The flush DLQ: a flush that comes back sends what no other has sent since. */
export const createFlushReader = (queue: RoomJobQueue): ReadLetter =>
  createJobReader(decodeRoomJob, (job) => queue.send(job));
