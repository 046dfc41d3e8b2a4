/** One external state, shared by however many components show it. */
export interface SharedStore<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

/** Starts what feeds the store; returns what stops it. A late `set` of a stopped run is ignored. */
export type StartStore<T> = (set: (next: T) => void) => () => void;

/**
 * Runs from the first listener to the last. It stops one microtask after the last one has gone, so
 * that StrictMode's second mount, or a list that moves, finds it still running.
 */
export function createSharedStore<T>(initial: T, start: StartStore<T>): SharedStore<T> {
  const listeners = new Set<{ call: () => void }>();
  let value = initial;
  let run: { stop: () => void } | undefined;

  function begin(): void {
    const self = { stop: () => {} };
    run = self;
    try {
      self.stop = start((next) => {
        if (run !== self || Object.is(next, value)) return;
        value = next;
        for (const { call } of [...listeners]) call();
      });
    } catch (error) {
      run = undefined;
      value = initial;
      throw error;
    }
  }

  function endIfUnused(): void {
    if (listeners.size > 0 || run === undefined) return;
    const { stop } = run;
    run = undefined;
    value = initial;
    stop();
  }

  return {
    get: () => value,
    subscribe(call) {
      if (run === undefined) begin();
      const listener = { call };
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) queueMicrotask(endIfUnused);
      };
    },
  };
}
