/**
 * In how many seconds work of that many posts for a room may be taken from its queue. To be asked once
 * for each job, in their order.
 */
export type Stagger = (roomId: string, posts: number) => number;

/** The longest that SQS delays a message. */
const DELAY_MAX_SECONDS = 900;

/**
 * Spreads the jobs of a fan-out over time, so that the queue never holds more of a room at once than
 * a second of its share. Otherwise a large room's jobs would occupy all environments of deliver for a
 * second or more, and nobody would be left for those of other rooms.
 *
 * What takes less than a second of the share is not delayed.
 */
export function createStagger(roomPostsPerSecond: number): Stagger {
  const postsOf = new Map<string, number>();
  return (roomId, posts) => {
    const before = postsOf.get(roomId) ?? 0;
    postsOf.set(roomId, before + posts);
    return Math.min(DELAY_MAX_SECONDS, Math.floor(before / roomPostsPerSecond));
  };
}
