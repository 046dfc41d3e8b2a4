import pLimit from 'p-limit';
import type { PartJob, RoomJobQueue } from '../../../shared/domain/ports.ts';
import { chunk, FRAMES_PER_JOB, type Push } from './address.ts';

/** From how many shards on a room is fanned out in parts, and how many of them make one. */
export interface PartLimits {
  shardsMax: number;
  shardsPerPart: number;
}

/**
 * A room of more than some 40,000 members is fanned out in parts of some 10,000, by several
 * invocations at once, each of which is done in a second or two. The first part holds those who came
 * before the room grew: 26,000 in a room of 100,000 where nobody has left since.
 */
export const PART_LIMITS: PartLimits = { shardsMax: 8, shardsPerPart: 2 };

/** Jobs that are sent at once. */
const JOBS_AT_ONCE = 8;

/** Leaves a push to the flush function, in a job for each part of the room's shards. */
export async function enqueueParts(
  push: Push,
  shardCount: number,
  { jobs, shardsPerPart }: { jobs: RoomJobQueue } & PartLimits,
): Promise<void> {
  const parts: PartJob[] = [];
  for (let first = 0; first < shardCount; first += shardsPerPart) {
    const shards = { first, end: Math.min(first + shardsPerPart, shardCount) };
    for (const frames of chunk(push.frames, FRAMES_PER_JOB)) {
      parts.push({ kind: 'part', ...push, frames, shards });
    }
  }
  await pLimit(JOBS_AT_ONCE).map(parts, (part) => jobs.send(part));
}
