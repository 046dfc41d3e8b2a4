import TinyQueue from 'tinyqueue';
import type { Clock } from '../../../local/clock.ts';

type Work = () => void | Promise<void>;

/** Time in which nothing passes but from one event to the next. Milliseconds, fractions included. */
export interface VirtualTime extends Clock {
  at(ms: number, work: Work): void;
  after(ms: number, work: Work): () => void;
  /** Has everything happen that is due until then; what one event awaits is part of it. */
  runUntil(ms: number): Promise<void>;
}

interface Event {
  at: number;
  /** Of two that are due together, the one goes first that was asked for first. */
  turn: number;
  work: Work;
}

export function createVirtualTime(): VirtualTime {
  const events = new TinyQueue<Event>([], (a, b) => a.at - b.at || a.turn - b.turn);
  let now = 0;
  let turn = 0;
  const at = (ms: number, work: Work) => {
    turn += 1;
    events.push({ at: Math.max(now, ms), turn, work });
  };
  return {
    now: () => now,
    at,
    after(ms, work) {
      let isCalledOff = false;
      at(now + ms, () => (isCalledOff ? undefined : work()));
      return () => {
        isCalledOff = true;
      };
    },
    async runUntil(ms) {
      for (let next = events.peek(); next !== undefined && next.at <= ms; next = events.peek()) {
        events.pop();
        now = next.at;
        // Only what is asynchronous is awaited: a turn of the microtasks for each event would cost most of the run.
        const working = next.work();
        if (working !== undefined) await working;
      }
      now = Math.max(now, ms);
    },
  };
}
