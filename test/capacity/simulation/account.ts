import type { Clock } from '../../../local/clock.ts';
import { createTokenBucket } from '../../../local/gateway/token-bucket.ts';
import { LIMITS } from '../platform.ts';
import { createRateMeter, type RateMeter } from './rate-meter.ts';

/** The account's quota of API Gateway, which posts and what clients send draw on alike. */
export interface Account {
  /** @returns how many of so many requests were let through; the others got 429. */
  request(count: number): number;
  /** The same for posts. */
  post(count: number): number;
  readonly requests: RateMeter;
  /** What was posted, refused posts included, against what the stack may post. */
  readonly posts: RateMeter;
  readonly refusedPosts: number;
}

export function createAccount(
  clock: Clock,
  { quota, postsPerSecond }: { quota: number; postsPerSecond: number },
): Account {
  const bucket = createTokenBucket(clock, quota, LIMITS.requestBurst);
  const requests = createRateMeter(clock, quota);
  const posts = createRateMeter(clock, postsPerSecond);
  let refusedPosts = 0;
  const request = (count: number) => {
    let granted = 0;
    while (granted < count && bucket.tryTake()) granted += 1;
    requests.add(granted);
    return granted;
  };
  return {
    request,
    post(count) {
      posts.add(count);
      const granted = request(count);
      refusedPosts += count - granted;
      return granted;
    },
    requests,
    posts,
    get refusedPosts() {
      return refusedPosts;
    },
  };
}
