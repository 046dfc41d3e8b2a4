import type { Message } from '../../../shared/domain/message.ts';

/** What becomes of messages that a batch of the stream has brought: the seam for pacing. */
export interface Gathering {
  /** What a room's jobs are staggered by. */
  readonly roomPostsAtOnce: number;
  /** @returns those that are fanned out at once, and the flush that is to be scheduled for the others. */
  judge(room: number, messages: readonly Message[]): Judgement;
  /** A flush begins: what is stored from here on needs another. @returns the first number it reads. */
  beginFlush(room: number): number;
  /** So many posts of a room were enqueued; by a flush, up to that number. */
  posted(room: number, posts: number, flushedThrough?: number): void;
  /** @returns how long a sender of the room has to wait; 0 when it need not. */
  retryAfterMs(room: number): number;
}

export interface Judgement {
  direct: readonly Message[];
  dueAt?: number;
}

/** No room waits, and none is refused: what one batch brings travels together. */
export const atOnce: Gathering = {
  roomPostsAtOnce: Number.POSITIVE_INFINITY,
  judge: (_room, messages) => ({ direct: messages }),
  beginFlush: () => 1,
  posted: () => undefined,
  retryAfterMs: () => 0,
};
