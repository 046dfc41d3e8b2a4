import type { Clock } from '../../../../local/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time on and fires what falls due, in order. */
  advance(ms: number): void;
  /** From here on every timer fires at once, so that nothing is left to wait for. */
  release(): void;
  timers(): number;
}

export function createFakeClock(startMs = Date.UTC(2025, 2, 16, 0, 46, 22)): FakeClock {
  let now = startMs;
  let isReleased = false;
  const pending = new Set<{ at: number; callback: () => void }>();

  function fireUntil(limit: number): void {
    for (;;) {
      const [next] = [...pending].filter(({ at }) => at <= limit).sort((a, b) => a.at - b.at);
      if (next === undefined) return;
      pending.delete(next);
      now = Math.max(now, next.at);
      next.callback();
    }
  }

  function fireSoon(timer: { at: number; callback: () => void }): void {
    setImmediate(() => {
      if (!pending.delete(timer)) return;
      now = Math.max(now, timer.at);
      timer.callback();
    });
  }

  return {
    now: () => now,
    after(delayMs, callback) {
      const timer = { at: now + delayMs, callback };
      pending.add(timer);
      if (isReleased) fireSoon(timer);
      return () => pending.delete(timer);
    },
    advance(ms) {
      const end = now + ms;
      fireUntil(end);
      now = end;
    },
    release() {
      isReleased = true;
      for (const timer of pending) fireSoon(timer);
    },
    timers: () => pending.size,
  };
}
