import pLimit from 'p-limit';
import type { PartJob, RoomJobQueue } from '../../../shared/domain/ports.ts';
import { SHARD_MEMBERS_MAX } from '../../../shared/domain/shard.ts';
import { chunk, FRAMES_PER_JOB, type Push } from './address.ts';
import { createStagger, type StaggerLimits } from './stagger.ts';

/** From how many shards on a room is fanned out in parts, and how many of them make one. */
export interface PartLimits {
  shardsMax: number;
  shardsPerPart: number;
  /** What a shard is meant to hold. Default: {@link SHARD_MEMBERS_MAX}. */
  shardMembers?: number;
}

/**
 * A hundred thousand members, in 32 shards, take one invocation some three seconds. A room of more
 * than 160,000 is told in parts, of some 20,000 each; only the first, with those who came before the
 * room grew, may be thrice as large.
 */
export const PART_LIMITS: PartLimits = { shardsMax: 32, shardsPerPart: 4 };

interface PartsDependencies extends PartLimits, StaggerLimits {
  jobs: RoomJobQueue;
}

/** Jobs that are sent at once. */
const JOBS_AT_ONCE = 8;

/** Leaves a push to the flush function, in a job for each part of the room's shards. */
export async function enqueueParts(
  push: Push,
  shardCount: number,
  { jobs, roomPostsAtOnce, shardsPerPart, shardMembers = SHARD_MEMBERS_MAX }: PartsDependencies,
): Promise<void> {
  const delayOf = createStagger({ roomPostsAtOnce });
  const parts: { part: PartJob; delaySeconds: number }[] = [];
  for (let first = 0; first < shardCount; first += shardsPerPart) {
    const shards = { first, end: Math.min(first + shardsPerPart, shardCount) };
    for (const frames of chunk(push.frames, FRAMES_PER_JOB)) {
      // As many as are meant to be there. Who is, is only known when the part is told.
      const posts = (shards.end - first) * shardMembers * frames.length;
      const delaySeconds = delayOf(push.roomId, posts);
      parts.push({ part: { kind: 'part', ...push, frames, shards }, delaySeconds });
    }
  }
  await pLimit(JOBS_AT_ONCE).map(parts, ({ part, delaySeconds }) => jobs.send(part, delaySeconds));
}
