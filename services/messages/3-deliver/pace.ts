import type { Clock } from '../../../shared/domain/ports.ts';

/** How fast one environment may post. */
export interface Pace {
  /**
   * Takes the next turn.
   *
   * @returns the milliseconds until it comes; undefined, and then nothing is taken, when that would
   * be more than `patienceMs`.
   */
  take(patienceMs: number): number | undefined;
  /** The account refuses posts: its rate is exhausted. */
  slowDown(): void;
  /** As it is now; never above the share. */
  readonly postsPerSecond: number;
}

export interface PaceOptions {
  /** The environment's share of what the stack may post. */
  postsPerSecond: number;
  clock: Clock;
}

/** What may go at once after a quiet moment, in seconds of the share. */
export const BURST_SECONDS = 0.5;

/** What the rate falls to at each sign of exhaustion, and how far at most, as parts of itself and of the share. */
const DECREASE = 0.5;
const SLOWEST = 0.05;

/** What it wins back in every second, as a part of the share. */
const INCREASE_PER_SECOND = 0.1;

/** The refusals of one moment are one sign. */
const DECREASE_INTERVAL_MS = 250;

/**
 * A token bucket whose rate gives way: halved when the account refuses, regained at a steady rate
 * (additive increase, multiplicative decrease), so that several environments that hit the quota
 * together end up with equal parts of it.
 *
 * Between any two moments it lets at most `postsPerSecond` × seconds + the bucket through. It starts
 * full: an environment takes longer to start than its bucket takes to fill. Turns may be promised
 * ahead, which is a negative number of tokens; whoever asks next comes after them.
 */
export function createPace({ postsPerSecond: share, clock }: PaceOptions): Pace {
  const bucket = Math.max(1, share * BURST_SECONDS);
  const increase = share * INCREASE_PER_SECOND;
  let rate = share;
  let tokens = bucket;
  let seenAt = clock.now();
  let slowedAt = Number.NEGATIVE_INFINITY;

  const secondsToRecover = () => (share - rate) / increase;
  const earnedWhileRecovering = (seconds: number) => seconds * (rate + (increase * seconds) / 2);

  function catchUp(): number {
    const now = clock.now();
    const seconds = Math.max(0, now - seenAt) / 1_000;
    const recovering = Math.min(seconds, secondsToRecover());
    const earned = earnedWhileRecovering(recovering) + (seconds - recovering) * share;
    rate = Math.min(share, rate + increase * recovering);
    tokens = Math.min(bucket, tokens + earned);
    seenAt = now;
    return now;
  }

  /** The other way round: a turn that came too late would meet those that were earned meanwhile. */
  function secondsToEarn(wanted: number): number {
    const recovering = secondsToRecover();
    const recovered = earnedWhileRecovering(recovering);
    if (wanted > recovered) return recovering + (wanted - recovered) / share;
    return (2 * wanted) / (rate + Math.sqrt(rate ** 2 + 2 * increase * wanted));
  }

  return {
    take(patienceMs) {
      catchUp();
      const waitMs = Math.ceil(secondsToEarn(Math.max(0, 1 - tokens)) * 1_000);
      if (waitMs > patienceMs) return undefined;
      tokens -= 1;
      return waitMs;
    },
    slowDown() {
      const now = catchUp();
      if (now - slowedAt < DECREASE_INTERVAL_MS) return;
      slowedAt = now;
      rate = Math.max(share * SLOWEST, rate * DECREASE);
      tokens = Math.min(tokens, 0);
    },
    get postsPerSecond() {
      catchUp();
      return rate;
    },
  };
}
