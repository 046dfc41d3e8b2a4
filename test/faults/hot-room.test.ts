import { describe, expect, it } from '@jest/globals';
import { DEPLOYED, type HotRoomRun, runBesideHotRoom } from '../load/hot-room.ts';

const TIMEOUT_MS = 120_000;

const HOT = { members: 2_000, messagesPerSecond: 50 };
const SECONDS = 2;
const POSTS_PER_SECOND = 8_000;
/** Half a second's worth, in all environments together. */
const BUCKET = POSTS_PER_SECOND / 2;

/** In any time that begins with one of the posts looked at, however long. */
function expectWithinBucket({ postsAt }: HotRoomRun): void {
  for (let first = 0; first < postsAt.length; first += 500) {
    const from = postsAt[first] ?? 0;
    for (let ms = 100; ms <= SECONDS * 1_000; ms += 100) {
      const posts = postsAt.slice(first).findIndex((at) => at >= from + ms);
      expect(posts).toBeLessThanOrEqual((POSTS_PER_SECOND * ms) / 1_000 + BUCKET);
    }
  }
}

describe('fifty quiet rooms beside a hot one of 2,000 members and 50 messages a second', () => {
  it(
    'are as fast as without it, and all posts together keep to what the stack may post',
    async () => {
      const alone = await runBesideHotRoom({ seconds: SECONDS, pacing: DEPLOYED });
      const beside = await runBesideHotRoom({ seconds: SECONDS, pacing: DEPLOYED, hot: HOT });

      expect(beside.quiet.deliveries).toBe(alone.quiet.deliveries);
      expect(beside.quiet.p99Ms / alone.quiet.p99Ms).toBeLessThan(1.2);
      expect(beside.hot.p99Ms).toBeLessThan(2_000);
      expect(beside.refusedPosts).toBe(0);
      expectWithinBucket(beside);
    },
    TIMEOUT_MS,
  );
});
