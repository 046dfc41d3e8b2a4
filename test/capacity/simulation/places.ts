import type { VirtualTime } from './virtual-time.ts';

/** What runs at once in an account: 1,000 functions by default, whichever they are. */
export interface Places {
  /** Does the work when there is a place, which is given back by the function that it gets. */
  enter(work: (leave: () => void) => void): void;
  readonly most: number;
}

export function createPlaces(time: Pick<VirtualTime, 'after'>, places: number): Places {
  const waiting: ((leave: () => void) => void)[] = [];
  let busy = 0;
  let most = 0;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    // In an event of its own, so that a long line does not become a deep stack.
    else time.after(0, () => next(leave));
  };
  return {
    enter(work) {
      if (busy === places) {
        waiting.push(work);
        return;
      }
      busy += 1;
      most = Math.max(most, busy);
      work(leave);
    },
    get most() {
      return most;
    },
  };
}
