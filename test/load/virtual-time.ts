import type { Clock } from '../../client/types.ts';

/** Time that passes only when told to, for very many timers: a binary heap. */
export interface VirtualTime extends Clock {
  /** Fires the next timer; false when there is none until then. */
  step(until: number): boolean;
}

interface Timer {
  at: number;
  callback: (() => void) | undefined;
}

export function createVirtualTime(): VirtualTime {
  const heap: Timer[] = [];
  let now = 0;

  const at = (index: number) => heap[index]?.at ?? Number.POSITIVE_INFINITY;

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
      if (at(parent) <= at(index)) return;
      swap(parent, index);
      index = parent;
    }
  }

  function pop(): Timer | undefined {
    swap(0, heap.length - 1);
    const first = heap.pop();
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const smaller = at(left + 1) < at(left) ? left + 1 : left;
      if (at(index) <= at(smaller)) return first;
      swap(index, smaller);
      index = smaller;
    }
  }

  return {
    now: () => now,
    after(delayMs, callback) {
      const timer: Timer = { at: now + Math.max(0, delayMs), callback };
      push(timer);
      // A cancelled timer stays in its place, empty.
      return () => {
        timer.callback = undefined;
      };
    },
    step(until) {
      if (at(0) > until) return false;
      const timer = pop();
      now = Math.max(now, timer?.at ?? now);
      timer?.callback?.();
      return true;
    },
  };
}
