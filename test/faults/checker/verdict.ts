import type { HistoryEvent, LogRow } from './history.ts';

/** What a history can break, and what that means to somebody who uses the system. */
export const RULES = {
  lost: 'acknowledged, and nowhere in the log',
  'accepted-not-stored': 'acknowledged as something else than what is stored',
  'stored-twice': 'one send stands in the log more than once',
  'seq-reused': 'two messages under one number',
  'two-orders': 'one message under two numbers',
  'hole-never-settled': 'a number that is neither stored nor void, with later ones behind it',
  phantom: 'shown, but never stored; or stored, but never sent',
  'gap-never-repaired': 'skipped: a later message was shown, this one never was',
  'never-shown': 'a client that is alive never got to the end of the log',
  'shown-twice': 'the application saw the same message again',
  reordered: 'the application saw a message after a later one',
  'false-reset': 'the application was told that messages are gone which are not',
  unanswered: 'a send of a client that is alive ended neither way',
  'frame-too-large': 'a frame above the 32 KB of the gateway',
  'live-member-removed': 'a member lost its membership although its connection lives',
  'dead-member-kept': 'the membership of a connection that has gone stays',
} as const;

export type Rule = keyof typeof RULES;

export interface Violation {
  rule: Rule;
  roomId?: string;
  seq?: number;
  client?: string;
  /** One line. */
  message: string;
  /** The smallest part of the history that shows it, in order. */
  events: readonly HistoryEvent[];
  /** The rows of the final log that show it. */
  rows: readonly LogRow[];
}

export interface Counts {
  clients: number;
  rooms: number;
  sent: number;
  acknowledged: number;
  refused: number;
  /** Refused or never answered, and stored all the same: at most once, which is allowed. */
  storedUnacknowledged: number;
  stored: number;
  voids: number;
  shown: number;
  posted: number;
  /** Acknowledged and not in the log, or in the log and not shown to one who should have seen it. */
  lost: number;
  duplicated: number;
  reordered: number;
  faults: Record<string, number>;
}

export interface Verdict {
  violations: readonly Violation[];
  counts: Counts;
}

/** Collects violations; `events` and `rows` may be left out where there are none. */
export type Report = (
  violation: Omit<Violation, 'events' | 'rows'> & Partial<Pick<Violation, 'events' | 'rows'>>,
) => void;
