import * as z from 'zod';
import type { RoomJob } from '../domain/ports.ts';
import { parseStoredJson } from './parse.ts';
import { toSqsJson } from './sqs-json.ts';

/** A job of the flush queue, format version 1. Times in milliseconds. */
const roomJobSchema = z.discriminatedUnion('kind', [
  z.object({
    v: z.literal(1),
    kind: z.literal('flush'),
    roomId: z.string().min(1),
    id: z.string().min(1),
    from: z.int().positive(),
    dueAt: z.number(),
    seen: z.int().min(0).exactOptional(),
  }),
  z.object({
    v: z.literal(1),
    kind: z.literal('part'),
    roomId: z.string().min(1),
    frames: z.array(z.string().min(1)).min(1),
    seqs: z.tuple([z.int(), z.int()]).exactOptional(),
    shards: z
      .object({ first: z.int().min(0), end: z.int() })
      .refine(({ first, end }) => first < end, 'end must be above first'),
    oldestReceivedAt: z.number(),
    fannedOutAt: z.number(),
  }),
]);

export function encodeRoomJob(job: RoomJob): string {
  return toSqsJson({ v: 1, ...job });
}

/** @throws Error for a body that this version of the code cannot read. */
export function decodeRoomJob(body: string): RoomJob {
  const { v: _, ...job } = parseStoredJson(roomJobSchema, body, 'The job of a room');
  return job;
}
