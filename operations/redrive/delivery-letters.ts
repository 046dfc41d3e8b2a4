import * as z from 'zod';
import { decodeLetter } from '../../shared/aws/dead-letter.ts';
import { decodeJob } from '../../shared/aws/delivery-job.ts';
import type { DeliveryJob, DeliveryQueue } from '../../shared/domain/ports.ts';
import type { ReadLetter } from './queue-letters.ts';
import { attempt, CUT, UNREADABLE } from './stuck.ts';

const roomSchema = z.object({ roomId: z.string() });

/**
 * The delivery DLQ holds two kinds of letters: jobs that SQS moved there, and those that the deliver
 * function could not read. Either goes back as a job that has not been tried yet.
 */
export function createDeliveryReader(queue: DeliveryQueue): ReadLetter {
  const movable = (reason: string, { hops: _, strikes: __, ...job }: DeliveryJob) => ({
    reason,
    roomIds: [job.roomId],
    resend: () => queue.send([{ ...job, hops: 0 }]),
  });

  return (body) => {
    const job = attempt(() => decodeJob(body));
    if ('value' in job) return movable('received too often without success', job.value);

    const letter = attempt(() => decodeLetter(body));
    if ('problem' in letter) {
      return { reason: job.problem, roomIds: roomIdsOf(body), ...UNREADABLE };
    }

    const { reason, record, truncatedRecord } = letter.value;
    if (truncatedRecord !== undefined) return { reason, roomIds: [], ...CUT };
    const text = String(record);
    const mended = attempt(() => decodeJob(text));
    if ('problem' in mended) {
      return { reason: mended.problem, roomIds: roomIdsOf(text), ...UNREADABLE };
    }
    return movable(reason, mended.value);
  };
}

/** The room, even of a job that cannot be read. */
function roomIdsOf(text: string): string[] {
  const parsed = attempt(() => roomSchema.parse(JSON.parse(text)));
  return 'problem' in parsed ? [] : [parsed.value.roomId];
}
