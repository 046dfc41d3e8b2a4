import { describe, expect, it } from '@jest/globals';
import { DEPLOYED, type HotRoomRun, runBesideHotRoom } from '../load/virtual-hot-room-run.ts';

const TIMEOUT_MS = 120_000;

const SECONDS = 10;
const POSTS_PER_SECOND = 8_000;
/** Half a second's worth, in all environments together. */
const BUCKET = POSTS_PER_SECOND / 2;

/** In any time of these lengths. */
const WINDOWS_MS = [100, 250, 500, 1_000, 2_500, 5_000, SECONDS * 1_000];

function expectWithinBucket({ postsAt }: HotRoomRun): void {
  for (const ms of WINDOWS_MS) {
    let most = 0;
    let first = 0;
    for (const [last, at] of postsAt.entries()) {
      while ((postsAt[first] ?? at) <= at - ms) first += 1;
      most = Math.max(most, last - first + 1);
    }
    expect(most).toBeLessThanOrEqual((POSTS_PER_SECOND * ms) / 1_000 + BUCKET);
  }
}

describe('fifty quiet rooms beside a hot one', () => {
  it.each([
    // The window, and the time that the posts take.
    { members: 2_000, messagesPerSecond: 50, longestMs: 2_500 },
    // More than seconds of its share: senders are told to wait, and the last jobs come two seconds later.
    { members: 10_000, messagesPerSecond: 10, longestMs: 6_000 },
  ])(
    'are as fast as without its $members members and $messagesPerSecond messages a second, and all posts together keep to what the stack may post',
    async ({ longestMs, ...hot }) => {
      const alone = await runBesideHotRoom({ seconds: SECONDS, pacing: DEPLOYED });
      const beside = await runBesideHotRoom({ seconds: SECONDS, pacing: DEPLOYED, hot });

      expect(beside.quiet.deliveries).toBe(alone.quiet.deliveries);
      expect(beside.quiet.p99Ms / alone.quiet.p99Ms).toBeLessThan(1.2);
      expect(beside.hot.p99Ms).toBeLessThan(longestMs);
      expect(beside.refusedPosts).toBe(0);
      expectWithinBucket(beside);
    },
    TIMEOUT_MS,
  );
});

describe('a hot room of which the share takes less than is said in it', () => {
  it('has its senders wait and come again, which is in the latency of their messages', async () => {
    const pacing = { ...DEPLOYED, roomPostsPerSecond: 100 };
    const hot = { members: 500, messagesPerSecond: 100 };
    const seen = (await runBesideHotRoom({ seconds: 4, pacing, hot })).hot;

    expect(seen.offered).toBe(4 * 100);
    expect(seen.toldToWait).toBeGreaterThan(0);
    // Of those that were told, most are stored in their second attempt.
    expect(seen.stored).toBeGreaterThan(seen.offered - seen.toldToWait);
    expect(seen.owed).toBe(seen.stored * hot.members);
    // From being stored until being posted it is the window, and the time that the posts take.
    expect(seen.p99Ms).toBeGreaterThan(DEPLOYED.windowMaxMs + 1_000);
  });
});
