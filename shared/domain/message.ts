/** One number of a room's log. Times are milliseconds since the epoch. */
export type LogEntry = Message | VoidEntry;

export interface Message {
  kind: 'message';
  roomId: string;
  /** Dense and strictly increasing per room, from 1. */
  seq: number;
  /** ULID, unique across rooms. */
  messageId: string;
  userId: string;
  text: string;
  /** The sender's JSON, as text. */
  data?: string;
  clientMessageId?: string;
  /** When the send route took the message in hand: the start of the end-to-end latency. */
  receivedAt: number;
  /** When the number was given out; never before it. Hole ages are measured from it. */
  sentAt: number;
}

/** A number that was given out and given up. Readers skip it; nobody is shown it. */
export interface VoidEntry {
  kind: 'void';
  roomId: string;
  seq: number;
  /** The time of the number's successor, so that expiry stays in the order of the numbers. */
  sentAt: number;
}

/** An entry as it stands in the store. */
export interface StoredEntry {
  entry: LogEntry;
  /** When retention ends, milliseconds since the epoch. */
  expiresAt: number;
}

/**
 * Whether retention still covers an entry. TTL deletes late, so rows past their time are filtered on
 * read; and a retention that was shortened since the row was written counts at once.
 */
export function isKept(stored: StoredEntry, retentionMs: number, now: number): boolean {
  return stored.expiresAt > now && stored.entry.sentAt + retentionMs > now;
}
