import * as z from 'zod';
import type { DeliveryJob } from '../domain/ports.ts';
import { parseStoredJson } from './parse.ts';
import { toSqsJson } from './sqs-json.ts';

/** A delivery job as it stands in the queue, format version 1. Times in milliseconds. */
const deliveryJobSchema = z.object({
  v: z.literal(1),
  roomId: z.string().min(1),
  frames: z.array(z.string().min(1)).min(1),
  seqs: z.tuple([z.int(), z.int()]).exactOptional(),
  connectionIds: z.array(z.string().min(1)).min(1),
  hops: z.int().min(0),
  strikes: z.int().min(1).exactOptional(),
  oldestReceivedAt: z.number(),
  fannedOutAt: z.number(),
  ephemeral: z.literal(true).exactOptional(),
});

export function encodeJob(job: DeliveryJob): string {
  return toSqsJson({ v: 1, ...job });
}

/** @throws Error for a body that this version of the code cannot read. */
export function decodeJob(body: string): DeliveryJob {
  const { v: _, ...job } = parseStoredJson(deliveryJobSchema, body, 'The delivery job');
  return job;
}
