import * as z from 'zod';
import { decodeLetter } from '../../shared/aws/dead-letter.ts';
import { fromImage } from '../../shared/aws/message-record.ts';
import type { FanOutAgain } from './fan-out-again.ts';
import type { ReadLetter } from './queue-letters.ts';
import { attempt, CUT, UNREADABLE } from './stuck.ts';

const keysSchema = z.object({
  dynamodb: z.object({ Keys: z.object({ roomId: z.object({ S: z.string() }) }) }),
});

const imageSchema = z.object({ dynamodb: z.object({ NewImage: z.unknown() }) });

/** The room of a stream record of the Messages table, even of one that cannot be read. */
export function roomIdsOf(records: readonly unknown[]): string[] {
  const ids = records.map((record) => keysSchema.safeParse(record).data?.dynamodb.Keys.roomId.S);
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** The fan-out DLQ holds stream records that the fan-out function could not read, one each. */
export function createFanOutReader(fanOutAgain: FanOutAgain): ReadLetter {
  return (body) => {
    const letter = attempt(() => decodeLetter(body));
    if ('problem' in letter) return { reason: letter.problem, roomIds: [], ...UNREADABLE };

    const { reason, record, truncatedRecord } = letter.value;
    const roomIds = roomIdsOf([record]);
    if (truncatedRecord !== undefined) return { reason, roomIds, ...CUT };
    const image = imageSchema.safeParse(record).data?.dynamodb.NewImage;
    const entry = attempt(() => fromImage(image));
    if ('problem' in entry) return { reason: entry.problem, roomIds, ...UNREADABLE };
    return { reason, roomIds, resend: () => fanOutAgain([record]) };
  };
}
