import * as z from 'zod';
import { decodeLetter } from '../../shared/aws/dead-letter.ts';
import type { ReadLetter } from './queue-letters.ts';
import { attempt, CUT, UNREADABLE } from './stuck.ts';

const roomSchema = z.object({ roomId: z.string() });

/**
 * The dead-letter queue of jobs holds two kinds of letters: jobs that SQS moved there, and those that
 * their function could not read.
 */
export function createJobReader<Job extends { roomId: string }>(
  decode: (body: string) => Job,
  resend: (job: Job) => Promise<void>,
): ReadLetter {
  const movable = (reason: string, job: Job) => ({
    reason,
    roomIds: [job.roomId],
    resend: () => resend(job),
  });

  return (body) => {
    const job = attempt(() => decode(body));
    if ('value' in job) return movable('received too often without success', job.value);

    const letter = attempt(() => decodeLetter(body));
    if ('problem' in letter) {
      return { reason: job.problem, roomIds: roomIdsOf(body), ...UNREADABLE };
    }

    const { reason, record, truncatedRecord } = letter.value;
    if (truncatedRecord !== undefined) return { reason, roomIds: [], ...CUT };
    const text = String(record);
    const mended = attempt(() => decode(text));
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
