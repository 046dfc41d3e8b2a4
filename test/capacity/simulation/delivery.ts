import { createConcurrencyRamp } from '../../../local/events/concurrency-ramp.ts';
import { HOPS_MAX } from '../../../services/messages/3-deliver/settle.ts';
import { createEnvironment, type EnvironmentOptions } from './environment.ts';
import { createFairQueue, type Letter } from './fair-queue.ts';
import type { Places } from './places.ts';
import { billedRequests } from './queue-metering.ts';
import type { Usage } from './usage.ts';

/** The delivery queue, its event source mapping and the environments of `3-deliver`. */
export interface Delivery {
  add(letter: Letter): void;
  readonly mostEnvironments: number;
  /** What nobody has got yet. */
  unfinished(): Letter[];
}

export interface DeliveryOptions extends EnvironmentOptions {
  /** So many environments at once, as the mapping is deployed. */
  environments: number;
  places: Places;
  usage: Usage;
}

const BATCH_LETTERS = 10;

/** How long a queue is empty before the mapping takes its pollers back: one long poll. */
const IDLE_MS = 20_000;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { time, places, ledger, usage } = options;
  const queue = createFairQueue();
  const ramp = createConcurrencyRamp(options.environments, time);
  const environments = Array.from({ length: options.environments }, () =>
    createEnvironment(options),
  );
  const idle = [...environments];
  /** Put back, and not to be seen before their delay is over. */
  const delayed = new Set<Letter>();
  let running = 0;
  let most = 0;
  let idleSince = 0;
  let isWaitingForRamp = false;

  function pump(): void {
    while (queue.length > 0 && running < ramp.limit()) begin();
    if (queue.length === 0 || isWaitingForRamp || running === options.environments) return;
    // The ramp lets more run by and by, without anything else happening.
    isWaitingForRamp = true;
    time.after(200, () => {
      isWaitingForRamp = false;
      pump();
    });
  }

  function begin(): void {
    ramp.busy();
    const letters = queue.take(BATCH_LETTERS);
    running += 1;
    usage.deliverBatches += 1;
    usage.jobs += letters.length;
    // Received with its bytes, deleted without.
    usage.sqsRequests += billedRequests(letters) + 1;
    most = Math.max(most, running);
    places.enter((leave) => {
      // The one that ran last: the others may be stopped.
      const environment = idle.pop();
      if (environment === undefined) throw new Error('More batches run than environments.');
      const startedAt = time.now();
      environment.run(letters, (remains) => {
        usage.deliverMs += time.now() - startedAt;
        idle.push(environment);
        running -= 1;
        leave();
        for (const letter of letters) queue.done(letter);
        for (const letter of remains) putBack(letter);
        if (running === 0 && queue.length === 0) watchIdle();
        pump();
      });
    });
  }

  function putBack(letter: Letter): void {
    if (letter.hops >= HOPS_MAX) {
      for (const { frame, members } of letter.parts) ledger.giveUp(frame, members);
      return;
    }
    delayed.add(letter);
    time.after(2 ** letter.hops * 1_000, () => {
      delayed.delete(letter);
      add({ ...letter, hops: letter.hops + 1 });
    });
  }

  function watchIdle(): void {
    const since = time.now();
    idleSince = since;
    time.after(IDLE_MS, () => {
      if (idleSince === since && running === 0 && queue.length === 0) ramp.reset();
    });
  }

  function add(letter: Letter): void {
    idleSince = time.now();
    queue.add(letter);
    pump();
  }

  return {
    add,
    get mostEnvironments() {
      return most;
    },
    unfinished: () => [
      ...queue.waiting(),
      ...delayed,
      ...environments.flatMap((environment) => environment.atHand()),
    ],
  };
}
