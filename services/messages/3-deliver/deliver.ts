import type { LimitFunction } from 'p-limit';
import { EPHEMERAL_MAX_AGE_MS } from '../../../shared/domain/limits.ts';
import type { Clock, DeliveryJob, Poster, PostOutcome } from '../../../shared/domain/ports.ts';

/** What became of one recipient of a job. */
export interface RecipientResult {
  connectionId: string;
  /** Dropped: an ephemeral frame whose time had passed was not posted at all. */
  outcome: PostOutcome | 'dropped';
  /** How many of the job's frames it has taken. */
  framesTaken: number;
}

export interface DeliverDependencies {
  poster: Poster;
  clock: Clock;
  /** Bounds the posts of all jobs of a batch together. */
  limit: LimitFunction;
  /** Waits before the given round of retries (from 0). */
  backoff: (round: number) => Promise<void>;
}

export type Deliver = (job: DeliveryJob, remainingMs: () => number) => Promise<RecipientResult[]>;

/** Attempts per recipient within one invocation. */
const ROUNDS_MAX = 3;

/** Below this, what is left goes back to the queue: re-enqueueing and clean-up need the time. */
const RESERVE_MS = 8_000;

/**
 * Posts a job's frames to each of its connections, in order, and answers for every one of them.
 * What may succeed later is tried again with backoff while time remains; nothing is thrown.
 *
 * An ephemeral job gets one attempt, and none once it is stale. So what is worth least goes first:
 * under overload the queue grows old, ephemeral jobs leave it without a post, and messages get the
 * rate that there is.
 */
export function createDeliver({ poster, clock, limit, backoff }: DeliverDependencies): Deliver {
  const isStale = ({ ephemeral, fannedOutAt }: DeliveryJob) =>
    ephemeral === true && clock.now() - fannedOutAt > EPHEMERAL_MAX_AGE_MS;

  async function attempt(
    job: DeliveryJob,
    recipient: RecipientResult,
    remainingMs: () => number,
  ): Promise<RecipientResult> {
    let { framesTaken } = recipient;
    // Looked at in the turn of each: the wait for a socket counts.
    if (isStale(job)) return { ...recipient, outcome: 'dropped' };
    for (const frame of job.frames.slice(framesTaken)) {
      // A slow gateway must not take the whole batch into the function's timeout.
      if (remainingMs() < RESERVE_MS) return { ...recipient, outcome: 'failed', framesTaken };
      const outcome = await poster.post(recipient.connectionId, frame);
      if (outcome !== 'delivered') return { ...recipient, outcome, framesTaken };
      framesTaken += 1;
    }
    return { ...recipient, outcome: 'delivered', framesTaken };
  }

  return async (job, remainingMs) => {
    const results = new Map<string, RecipientResult>();
    const roundsMax = job.ephemeral ? 1 : ROUNDS_MAX;
    let pending: RecipientResult[] = job.connectionIds.map((connectionId) => ({
      connectionId,
      outcome: 'failed',
      framesTaken: 0,
    }));
    for (let round = 0; ; round += 1) {
      const attempted = await Promise.all(
        pending.map((recipient) => limit(() => attempt(job, recipient, remainingMs))),
      );
      for (const result of attempted) results.set(result.connectionId, result);
      pending = attempted.filter(({ outcome }) => mayPass(outcome));
      if (pending.length === 0 || round + 1 === roundsMax || remainingMs() < RESERVE_MS) break;
      await backoff(round);
    }
    return [...results.values()];
  };
}

/** Whether the same post may succeed later. */
export function mayPass(outcome: RecipientResult['outcome']): boolean {
  return outcome === 'throttled' || outcome === 'failed';
}
