import * as z from 'zod';

const seqsSchema = z.tuple([z.int(), z.int()]);
const inRoom = { timestamp: z.iso.datetime({ offset: true }), roomId: z.string() };
const failure = z.object({ name: z.string(), message: z.string() }).partial();
const recipients = z.array(z.string()).transform((ids) => ids.length);

/** The lines that tell of a message's way, by their words. */
const lineSchema = z.discriminatedUnion('message', [
  z.object({
    message: z.literal('stored'),
    ...inRoom,
    seq: z.int(),
    messageId: z.string(),
    receivedAt: z.number(),
    duplicate: z.boolean(),
  }),
  z.object({
    message: z.literal('room fanned out'),
    ...inRoom,
    seqs: seqsSchema,
    members: z.int(),
    frames: z.int(),
    jobs: z.int(),
  }),
  z.object({ message: z.literal('left to a flush'), ...inRoom, seqs: seqsSchema }),
  z.object({
    message: z.literal('room flushed'),
    ...inRoom,
    seqs: seqsSchema,
    members: z.int(),
    frames: z.int(),
    jobs: z.int(),
  }),
  z.object({
    message: z.literal('part fanned out'),
    ...inRoom,
    seqs: seqsSchema.optional(),
    members: z.int(),
    jobs: z.int(),
  }),
  z.object({
    message: z.literal('fan-out of a room failed'),
    ...inRoom,
    seqs: z.array(z.int()).min(1),
    error: failure.optional(),
  }),
  z.object({
    message: z.literal('job delivered'),
    ...inRoom,
    seqs: seqsSchema,
    hops: z.int(),
    recipients: z.int(),
    outcomes: z.partialRecord(
      z.enum([
        'delivered',
        'gone',
        'throttled',
        'too-large',
        'rejected',
        'failed',
        'dropped',
        'closed',
      ]),
      z.int(),
    ),
    requeued: z.int(),
    givenUp: z.int(),
  }),
  z.object({
    message: z.literal('delivery job failed'),
    ...inRoom,
    seqs: seqsSchema.optional(),
    error: failure.optional(),
  }),
  z.object({
    message: z.enum(['recipients given up', 'recipients lost', 'slow connections closed']),
    ...inRoom,
    seqs: seqsSchema.optional(),
    connectionIds: recipients,
  }),
]);

export type LogLine = z.output<typeof lineSchema>;

/** Undefined for everything that does not tell of a message's way. */
export function parseLine(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The numbers that a line is about; of a line about others of the room, none. */
export function seqsOf(line: LogLine): readonly [first: number, last: number] | undefined {
  if (line.message === 'stored') return [line.seq, line.seq];
  if (line.seqs === undefined) return undefined;
  return [Math.min(...line.seqs), Math.max(...line.seqs)];
}
