/** How a stack's posts kept to what it may post. */
export interface PostPace {
  postsPerSecond: number;
  /** The most that any time, however short or long, had above `postsPerSecond` × its seconds. */
  mostAbove: number;
  /** Posts in the second, from whatever moment on, that had most of them. */
  busiestSecond: number;
}

export interface PostWatch {
  /** @param at milliseconds, ascending */
  seen(at: number): void;
  pace(): PostPace;
}

/** Looks at every window of time: a bucket that never refuses is as full as the worst of them needs. */
export function createPostWatch(postsPerSecond: number): PostWatch {
  let level = 0;
  let mostAbove = 0;
  let busiestSecond = 0;
  let previousAt = 0;
  /** Of the last second, behind those that `passed` counts. */
  let lately: number[] = [];
  let passed = 0;

  return {
    seen(at) {
      level = Math.max(0, level - ((at - previousAt) * postsPerSecond) / 1_000) + 1;
      mostAbove = Math.max(mostAbove, level);
      previousAt = at;
      lately.push(at);
      while (at - (lately[passed] ?? at) >= 1_000) passed += 1;
      if (passed > lately.length / 2) {
        lately = lately.slice(passed);
        passed = 0;
      }
      busiestSecond = Math.max(busiestSecond, lately.length - passed);
    },
    pace: () => ({ postsPerSecond, mostAbove, busiestSecond }),
  };
}
