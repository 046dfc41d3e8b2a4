import type { Clock } from '../clock.ts';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/** Delay before retry number `attempt` (from 1): 100 ms, doubled each time, at most 5 s. */
export function backoffMs(attempt: number): number {
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 16));
}

/** A pause that can be cut short from outside, and that ends when `signal` aborts. */
export interface Nap {
  take(delayMs: number): Promise<void>;
  /** Ends the pause that is being taken, if any. */
  wake(): void;
}

export function createNap(clock: Clock, signal: AbortSignal): Nap {
  let finish = () => {};
  return {
    take(delayMs) {
      if (signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.after(delayMs, () => finish());
        finish = () => {
          cancel();
          signal.removeEventListener('abort', finish);
          finish = () => {};
          resolve();
        };
        signal.addEventListener('abort', finish);
      });
    },
    wake: () => finish(),
  };
}

/** Resolves after `delayMs` or as soon as `signal` aborts, whichever comes first. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return createNap(clock, signal).take(delayMs);
}

/** Resolves when `work` settles or `delayMs` is over. */
export async function atMost(clock: Clock, delayMs: number, work: Promise<unknown>): Promise<void> {
  const settled = new AbortController();
  void work.catch(() => {}).finally(() => settled.abort());
  await sleep(clock, delayMs, settled.signal);
}
