/** What the client and a storage such as `keepIn` know of each other. */
import type { ChatError, Clock, OutboxItem } from './types.ts';

/** Made by `keepIn`, or by whoever keeps things in another way. */
export type ChatStorage = (client: StoredClient) => Persistence;

/** What a storage sees of its client. */
export interface StoredClient {
  clock: Clock;
  /** Those that are open. */
  rooms: ReadonlyMap<string, StoredRoom>;
  outbox: {
    items(): OutboxItem[];
    /** From an earlier run: goes out before what this one has queued already. */
    restore(items: readonly OutboxItem[]): void;
  };
  onError(error: ChatError): void;
}

export interface StoredRoom {
  readonly roomId: string;
  readonly position: number | undefined;
  /** The stored position of an earlier run; one that is known already counts more. */
  startAt(position: number): void;
}

/** `localStorage` is one; the calls may be asynchronous. */
export interface TextStore {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>;
  setItem(key: string, value: string): void | Promise<void>;
}

/** What outlives the process or the page. */
export interface Persistence {
  /**
   * Restores what an earlier run left, then calls `done`; after a `stop()` neither. Nothing is saved
   * before that is known.
   */
  load(done: () => void): Promise<void>;
  /** Where a room that is opened now goes on. */
  positionOf(roomId: string): number | undefined;
  /** The room was left: its position is of no use any more. */
  left(roomId: string): void;
  /** Save soon: positions change with every message. */
  positionsChanged(): void;
  /** Save with the end of the current task. */
  outboxChanged(): void;
  /** Save what has changed now, and nothing more before the next `load()`. */
  stop(): void;
}
