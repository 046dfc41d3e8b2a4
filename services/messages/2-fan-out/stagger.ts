import type { PacingLimits } from '../../../shared/domain/pacing.ts';

/**
 * In how many seconds work of that many posts for a room may be taken from its queue. To be asked once
 * for each job, in their order.
 */
export type Stagger = (roomId: string, posts: number) => number;

/** How much one room may hold up the others. */
export interface StaggerLimits {
  /** Posts of a room that the queue holds at once at most: what may be made of it in a second. */
  roomPostsAtOnce: number;
}

/** All that a room is held to. */
export interface RoomLimits extends PacingLimits, StaggerLimits {}

/** The longest that SQS delays a message. */
const DELAY_MAX_SECONDS = 900;

/**
 * Spreads the jobs of a fan-out over time, so that the queue never holds more of a room at once than
 * some environments of deliver post in a second. Otherwise a large room's jobs would occupy all of
 * them for a second or more, and nobody would be left for those of other rooms.
 *
 * What is no more than that is not delayed.
 */
export function createStagger({ roomPostsAtOnce }: StaggerLimits): Stagger {
  const postsOf = new Map<string, number>();
  return (roomId, posts) => {
    const before = postsOf.get(roomId) ?? 0;
    postsOf.set(roomId, before + posts);
    return Math.min(DELAY_MAX_SECONDS, Math.floor(before / roomPostsAtOnce));
  };
}
