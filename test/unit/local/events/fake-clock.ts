import type { Clock } from '../../../../local/clock.ts';

export interface FakeClock extends Clock {
  /** Lets `ms` pass, with every timer in it, in order. */
  advance(ms: number): Promise<void>;
  /** Lets time pass, timer by timer, until `work` settles. */
  runUntil<T>(work: Promise<T>): Promise<T>;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
}

export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let now = startMs;
  let timers: { at: number; callback: () => void }[] = [];

  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

  function fireNext(untilMs: number): boolean {
    const next = timers.toSorted((a, b) => a.at - b.at)[0];
    if (!next || next.at > untilMs) return false;
    timers = timers.filter((timer) => timer !== next);
    now = Math.max(now, next.at);
    next.callback();
    return true;
  }

  return {
    now: () => now,
    after(delayMs, callback) {
      const timer = { at: now + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    settle,
    async advance(ms) {
      const until = now + ms;
      await settle();
      while (fireNext(until)) await settle();
      now = until;
    },
    async runUntil(work) {
      let settled = false;
      const note = () => {
        settled = true;
      };
      work.then(note, note);
      await settle();
      while (!settled) {
        fireNext(Number.POSITIVE_INFINITY);
        await settle();
      }
      return work;
    },
  };
}
