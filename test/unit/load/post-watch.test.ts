import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPostWatch } from '../../load/measure/post-watch.ts';

const paceOf = (times: readonly number[], postsPerSecond: number) => {
  const watch = createPostWatch(postsPerSecond);
  for (const at of times) watch.seen(at);
  return watch.pace();
};

/** Every window from one post to another, one by one. */
function windowsOf(times: readonly number[]): { posts: number; seconds: number }[] {
  return times.flatMap((from, first) =>
    times.slice(first).map((to, count) => ({ posts: count + 1, seconds: (to - from) / 1_000 })),
  );
}

describe('a watch over posts', () => {
  it('finds a burst in a long quiet time, which an average would hide', () => {
    const steady = Array.from({ length: 100 }, (_, index) => index * 1_000);
    const burst = Array.from({ length: 30 }, () => 50_000);

    expect(
      paceOf(
        [...steady, ...burst].toSorted((a, b) => a - b),
        10,
      ),
    ).toEqual({
      postsPerSecond: 10,
      mostAbove: 31,
      busiestSecond: 31,
    });
  });

  it('finds a rate that is a little too high for long, which no second shows', () => {
    const { mostAbove, busiestSecond } = paceOf(
      Array.from({ length: 1_000 }, (_, index) => index * 100),
      9,
    );

    expect(busiestSecond).toBe(10);
    expect(mostAbove).toBeGreaterThan(100);
  });

  it('has nothing to tell before the first post', () => {
    expect(paceOf([], 10)).toEqual({ postsPerSecond: 10, mostAbove: 0, busiestSecond: 0 });
  });

  it('agrees with looking at every window', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 50 }), (distances, postsPerSecond) => {
        let at = 5_000;
        const times = distances.map((distance) => {
          at += distance;
          return at;
        });
        const windows = windowsOf(times);
        const { mostAbove, busiestSecond } = paceOf(times, postsPerSecond);

        const above = windows.map(({ posts, seconds }) => posts - seconds * postsPerSecond);
        expect(mostAbove).toBeCloseTo(Math.max(...above), 6);
        const inOneSecond = windows.filter(({ seconds }) => seconds < 1);
        expect(busiestSecond).toBe(Math.max(...inOneSecond.map(({ posts }) => posts)));
      }),
    );
  });
});
