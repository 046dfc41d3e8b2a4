import type { Clock } from './types.ts';

/** While a reconnect is due, its timer keeps a Node process alive; after `close()` there is none. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
