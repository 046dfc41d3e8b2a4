import type { HistoryEvent } from '../checker/history.ts';

export interface CrowdSettings {
  /** `ws://…/live` */
  url: string;
  /** The clients, and of which room each is a member. */
  roomsOf: ReadonlyMap<string, string>;
  /** Messages a second that one client sends. */
  rate: number;
  seed: number;
}

/** What the crowd can be told, and what it answers. */
export interface CrowdOrders {
  /** Resolves when everybody has entered. */
  enter: { order: Record<never, never>; answer: undefined };
  /** Everybody talks from now on. */
  talk: { order: Record<never, never>; answer: undefined };
  /** Some members of a room stop reading from their sockets. */
  pause: { order: { draw: number }; answer: { paused: string[] } };
  /** They read on. */
  resume: { order: { paused: string[] }; answer: undefined };
  cut: { order: { draw: number; share: number }; answer: { cut: number } };
  /** Nobody sends any more. Answers when every send has ended, or with what has not in time. */
  hush: { order: { withinMs: number }; answer: { unanswered: number } };
  /** A word in each room. Answers when everybody has seen it, or with how many have not in time. */
  word: { order: { withinMs: number }; answer: { behind: number } };
  progress: { order: Record<never, never>; answer: CrowdProgress };
  /** Everybody leaves; answers with all that they saw. */
  end: { order: Record<never, never>; answer: { history: HistoryEvent[] } };
}

export interface CrowdProgress {
  open: number;
  sent: number;
  acknowledged: number;
  shown: number;
}
