import type { Clock } from '../../client/types.ts';

/** Time that passes only when told to, for very many timers: a binary heap. */
export interface VirtualTime extends Clock {
  /** Fires the next timer, of two for one moment the older; false when there is none until then. */
  step(until: number): boolean;
}

interface Timer {
  at: number;
  order: number;
  callback: (() => void) | undefined;
}

/** @param startAt milliseconds since the epoch */
export function createVirtualTime(startAt = 0): VirtualTime {
  const heap: Timer[] = [];
  let now = startAt;
  let timers = 0;

  const at = (index: number) => heap[index]?.at ?? Number.POSITIVE_INFINITY;

  function isBefore(a: number, b: number): boolean {
    if (at(a) !== at(b)) return at(a) < at(b);
    return (heap[a]?.order ?? 0) < (heap[b]?.order ?? 0);
  }

  function swap(a: number, b: number): void {
    const [first, second] = [heap[a], heap[b]];
    if (first === undefined || second === undefined) return;
    heap[a] = second;
    heap[b] = first;
  }

  function push(timer: Timer): void {
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(index, parent)) return;
      swap(parent, index);
      index = parent;
    }
  }

  function pop(): Timer | undefined {
    swap(0, heap.length - 1);
    const first = heap.pop();
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const smaller = isBefore(left + 1, left) ? left + 1 : left;
      if (!isBefore(smaller, index)) return first;
      swap(index, smaller);
      index = smaller;
    }
  }

  return {
    now: () => now,
    after(delayMs, callback) {
      timers += 1;
      const timer: Timer = { at: now + Math.max(0, delayMs), order: timers, callback };
      push(timer);
      // A cancelled timer stays in its place, empty.
      return () => {
        timer.callback = undefined;
      };
    },
    step(until) {
      while (at(0) <= until) {
        const timer = pop();
        if (timer?.callback === undefined) continue;
        now = Math.max(now, timer.at);
        timer.callback();
        return true;
      }
      return false;
    },
  };
}
