/** The work in progress that a closing gateway waits for: handshakes, messages, disconnects, requests. */
export interface Tasks {
  /** The promise must not reject. */
  track(task: Promise<unknown>): void;
  inProgress(): number;
  /** Resolves as soon as nothing is in progress. */
  settled(): Promise<void>;
}

export function createTasks(): Tasks {
  let running = 0;
  let waiting: (() => void)[] = [];

  function finish(): void {
    running -= 1;
    if (running > 0) return;
    const resolvers = waiting;
    waiting = [];
    for (const resolve of resolvers) resolve();
  }

  return {
    track(task) {
      running += 1;
      void task.finally(finish);
    },
    inProgress: () => running,
    settled: () => (running === 0 ? Promise.resolve() : new Promise((done) => waiting.push(done))),
  };
}
