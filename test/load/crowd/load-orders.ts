import type { HistogramData } from '../measure/histogram.ts';
import type { Observations } from '../measure/observations.ts';

/** What a crowd has to know from the start. A crowd may be one of several that share the members. */
export interface CrowdSettings {
  /** `ws://…/live` */
  url: string;
  /** Absent: open access, where everybody is who they say. */
  token?: string;
  /** In the ids of rooms, so that runs do not meet. */
  run: string;
  members: number;
  rooms: number;
  /** Which of `crowds` it is: it has every member whose number leaves this remainder. */
  remainder: number;
  crowds: number;
  intervalMs: number;
  seed: number;
}

export interface Talk {
  /** Messages per second in each room. */
  rate: number;
  seconds: number;
  arrivals: 'steady' | 'random';
  textLength: number;
  /** How many members of a room take turns; the first ones. */
  sendersPerRoom: number;
  /** Milliseconds since the epoch. */
  startAt: number;
}

/** What a crowd can be told, and what it answers. */
export interface LoadOrders {
  /** Resolves when these members are live, or have tried for long enough. */
  enter: { order: { from: number; to: number; perSecond: number }; answer: undefined };
  /** Resolves when the last message was given to the library. */
  talk: { order: Talk; answer: undefined };
  /** Ends the talk. */
  hush: { order: Record<never, never>; answer: undefined };
  /** Resolves with the last acknowledged number of each room when no send is under way, or time is up. */
  settle: {
    order: { withinMs: number };
    answer: { unanswered: number; heads: Record<string, number> };
  };
  /** Resolves when everybody was shown that, or time is up: with how many members were not. */
  catchUp: {
    order: { heads: Record<string, number>; withinMs: number };
    answer: { behind: number };
  };
  /** Ends all connections without a close frame. */
  cut: { order: Record<never, never>; answer: undefined };
  /** Resolves when all that were live are live again, or time is up: with how many are not. */
  back: { order: { withinMs: number }; answer: { missing: number } };
  /** The latencies of one talk, so far. */
  latencies: { order: { talk: number }; answer: HistogramData };
  progress: { order: Record<never, never>; answer: CrowdProgress };
  /** Everybody leaves. */
  end: { order: Record<never, never>; answer: Observations };
}

export interface CrowdProgress {
  live: number;
  offered: number;
  stored: number;
  delivered: number;
  attempts: number;
  failedAttempts: Record<string, number>;
}
