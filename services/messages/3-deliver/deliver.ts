import { EPHEMERAL_MAX_AGE_MS } from '../../../shared/domain/limits.ts';
import type {
  Clock,
  Closer,
  DeliveryJob,
  Poster,
  PostOutcome,
} from '../../../shared/domain/ports.ts';
import type { Pace } from './pace.ts';
import { createPressure } from './pressure.ts';
import { createTurns, type Slot, type TurnLimits } from './turns.ts';

/** What became of one recipient of a job. */
export interface RecipientResult {
  connectionId: string;
  outcome:
    | PostOutcome
    /** An ephemeral frame whose time had passed: not posted at all. */
    | 'dropped'
    /** It had refused too often while others took their frames. */
    | 'closed';
  /** How many of the job's frames it has taken. */
  framesTaken: number;
  /** When its last post was answered: others may have held the job up since. */
  answeredAt: number;
  /** How often it was posted to. */
  posts: number;
  /** Deliveries in a row in which it took nothing while others took theirs. */
  strikes: number;
}

export interface DeliverDependencies {
  poster: Poster;
  closer: Closer;
  clock: Clock;
  /** Of the environment: it outlives the batches. */
  pace: Pace;
  turnLimits: TurnLimits;
  /** Waits before the given round of retries (from 0). */
  backoff: (round: number) => Promise<void>;
  /** Calls back after that many milliseconds. @returns how to call that off. */
  after: (ms: number, callback: () => void) => () => void;
}

export type Deliver = (job: DeliveryJob) => Promise<RecipientResult[]>;

/** The jobs of one batch share its slots, and what they learn about each other's refusals. */
export type BeginBatch = (remainingMs: () => number) => Deliver;

/** A connection alone in refusing is tried so often in one delivery. Paid seconds buy nothing more. */
export const ATTEMPTS_MAX = 3;

/** Then it is closed: its client resumes, where otherwise it would cost its room posts for ever. */
export const STRIKES_MAX = 3;

/** A post that takes this long steps aside. The usual one takes some 20 ms. */
export const SLOW_POST_MS = 500;

/** Below this, what is left goes back to the queue: a last slow post, re-enqueueing and clean-up need the time. */
export const RESERVE_MS = 8_000;

/** A recipient on its way to its result. */
interface Recipient extends Omit<RecipientResult, 'strikes'> {
  /** Of the frame that is next, in a row. */
  refusals: number;
  /** What the whole batch had taken when that frame was first posted. */
  framesBefore: number;
  /** Whether its last post was not answered at all. */
  hasHung: boolean;
  /** Whether its turn would have come too late. */
  isLate: boolean;
}

/**
 * Posts a job's frames to each of its connections, in order, and answers for every one of them;
 * nothing is thrown. Whoever refuses is tried again with backoff: as long as time remains while the
 * account or the gateway is at fault, {@link ATTEMPTS_MAX} times when it is alone in that, and not at
 * all in this delivery when it does not even answer. {@link STRIKES_MAX} such deliveries in a row,
 * which the job counts over its hops, and it is closed.
 *
 * An ephemeral job gets one attempt, and none once it is stale. So what is worth least goes first:
 * under overload the queue grows old, ephemeral jobs leave it without a post, and messages get the
 * rate that there is.
 */
export function createDeliver(dependencies: DeliverDependencies): BeginBatch {
  const { poster, closer, clock, pace, turnLimits, backoff, after } = dependencies;

  return (remainingMs) => {
    const turns = createTurns(turnLimits);
    const pressure = createPressure();
    const spareMs = () => remainingMs() - RESERVE_MS;
    /** An ephemeral frame waits no longer than it is fresh, looked at in the turn of each. */
    const patienceMs = ({ ephemeral, fannedOutAt }: DeliveryJob) =>
      ephemeral ? fannedOutAt + EPHEMERAL_MAX_AGE_MS - clock.now() : spareMs();

    return async (job) => {
      const recipients = await Promise.all(job.connectionIds.map((id) => deliverTo(id, job)));
      return Promise.all(recipients.map((recipient) => judge(recipient, job)));
    };

    async function deliverTo(connectionId: string, job: DeliveryJob): Promise<Recipient> {
      const recipient: Recipient = {
        connectionId,
        outcome: 'failed',
        framesTaken: 0,
        answeredAt: clock.now(),
        posts: 0,
        refusals: 0,
        framesBefore: 0,
        hasHung: false,
        isLate: false,
      };
      for (let round = 0; ; round += 1) {
        const slot = await turns.enter(
          round === 0 && !isSuspect(job) ? 'first' : 'again',
          job.roomId,
        );
        await attempt(recipient, job, slot).finally(slot.leave);
        if (!mayTryAgain(recipient, job)) return recipient;
        await backoff(round);
      }
    }

    async function attempt(recipient: Recipient, job: DeliveryJob, slot: Slot): Promise<void> {
      for (const frame of job.frames.slice(recipient.framesTaken)) {
        if (!(await waitForTurn(patienceMs(job)))) {
          recipient.isLate = true;
          // What it was refused for before still says most.
          if (recipient.refusals === 0) recipient.outcome = job.ephemeral ? 'dropped' : 'failed';
          return;
        }
        if (recipient.refusals === 0) recipient.framesBefore = pressure.frames;
        recipient.outcome = await post(recipient, frame, slot);
        note(recipient, job);
        if (recipient.outcome !== 'delivered') return;
      }
    }

    async function waitForTurn(patience: number): Promise<boolean> {
      // A slow gateway must not take the whole batch into the function's timeout.
      const waitMs = patience < 0 || spareMs() < 0 ? undefined : pace.take(patience);
      if (waitMs === undefined) return false;
      if (waitMs > 0) await new Promise<void>((resolve) => after(waitMs, resolve));
      return true;
    }

    async function post(recipient: Recipient, frame: string, slot: Slot): Promise<PostOutcome> {
      let isSlow = false;
      const callOff = after(SLOW_POST_MS, () => {
        isSlow = true;
        slot.stepAside();
      });
      recipient.posts += 1;
      const outcome = await poster.post(recipient.connectionId, frame);
      callOff();
      recipient.answeredAt = clock.now();
      recipient.hasHung = isSlow && outcome === 'failed';
      return outcome;
    }

    function note(recipient: Recipient, job: DeliveryJob): void {
      const { outcome, refusals, framesBefore } = recipient;
      const isRefused = mayPass(outcome);
      if (isRefused) {
        recipient.refusals += 1;
        if (refusals === 0 && !isSuspect(job)) pressure.refused(framesBefore);
      } else if (outcome === 'delivered') {
        recipient.framesTaken += 1;
        recipient.refusals = 0;
        pressure.taken(refusals);
      }
      // Suspects tell nothing about the rate that others get.
      const tellsOfRate = outcome === 'throttled' || (outcome === 'delivered' && refusals > 0);
      if (tellsOfRate && pressure.isFelt && !isSuspect(job)) pace.slowDown();
    }

    function mayTryAgain(recipient: Recipient, job: DeliveryJob): boolean {
      const { outcome, refusals, hasHung, isLate } = recipient;
      if (!mayPass(outcome) || hasHung || isLate || job.ephemeral || spareMs() < 0) return false;
      return refusals < ATTEMPTS_MAX || (pressure.isFelt && !isSuspect(job));
    }

    /**
     * Once the whole job has been tried, when more is known about the others. The first strike needs
     * somebody who took a frame while this one refused; a job of suspects alone has nobody to compare.
     */
    async function judge(recipient: Recipient, job: DeliveryJob): Promise<RecipientResult> {
      const { framesBefore, refusals, hasHung, isLate, ...answer } = recipient;
      const { connectionId, outcome, framesTaken } = answer;
      const result = { ...answer, strikes: 0 };
      if (job.ephemeral || !mayPass(outcome) || framesTaken > 0) return result;

      const othersTake = pressure.frames > framesBefore || isSuspect(job);
      const hasRefused = !isLate && (hasHung || refusals >= ATTEMPTS_MAX);
      const isStruck = hasRefused && othersTake && !pressure.isFelt;
      const strikes = (job.strikes ?? 0) + (isStruck ? 1 : 0);
      if (isStruck && strikes >= STRIKES_MAX && (await close(connectionId, job.roomId))) {
        return { ...result, outcome: 'closed' };
      }
      return { ...result, strikes };
    }

    /** Closing draws on the account's rate as posting does. */
    async function close(connectionId: string, roomId: string): Promise<boolean> {
      const slot = await turns.enter('again', roomId);
      try {
        return (await waitForTurn(spareMs())) && (await closer.close(connectionId));
      } finally {
        slot.leave();
      }
    }
  };
}

const isSuspect = ({ strikes = 0 }: DeliveryJob) => strikes > 0;

/** Whether the same post may succeed later. */
export function mayPass(outcome: RecipientResult['outcome']): boolean {
  return outcome === 'throttled' || outcome === 'failed';
}
