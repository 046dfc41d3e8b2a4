import type { RoomLimits } from '../../services/messages/2-fan-out/stagger.ts';
import { FRAME_MAX_BYTES } from '../../shared/domain/limits.ts';
import { type PacingLimits, usedUntil } from '../../shared/domain/pacing.ts';
import { ASSUMPTIONS, LIMITS } from './platform.ts';

/** What one room brings, as far as it decides how its messages are gathered. */
export interface RoomLoad {
  members: number;
  messagesPerSecond: number;
  /** A message as it stands in a frame. */
  messageBytes: number;
  /** Records of all rooms in the shard of the stream that the room is in. */
  shardMessagesPerSecond: number;
}

export interface Paced {
  /** How often the room is fanned out. */
  fanOutsPerSecond: number;
  framesPerFanOut: number;
  messagesPerFrame: number;
  /** How long a message waits for the others at most; nothing is added when it is 0. */
  windowMs: number;
  /** Of what is sent, the part that is refused (slow mode). Absent: none. */
  refusedShare?: number;
}

/** How a room's messages are gathered into frames: the part of the model that pacing changes. */
export type Pacing = (room: RoomLoad) => Paced;

/**
 * The messages of a room that one batch of the stream brings travel together.
 * A shard is polled four times a second, and more often only when its batches are full.
 */
export const byStreamBatch: Pacing = (room) => {
  const { messagesPerSecond, messageBytes, shardMessagesPerSecond } = room;
  const { streamPollsPerSecond, streamBatchRecords } = LIMITS;
  const batchesPerSecond = Math.max(
    streamPollsPerSecond,
    shardMessagesPerSecond / streamBatchRecords,
  );
  const fanOutsPerSecond = Math.min(messagesPerSecond, batchesPerSecond);
  const messages = fanOutsPerSecond === 0 ? 0 : messagesPerSecond / fanOutsPerSecond;
  const framesPerFanOut = framesFor(messages, messageBytes);
  return {
    fanOutsPerSecond,
    framesPerFanOut,
    messagesPerFrame: framesPerFanOut === 0 ? 0 : messages / framesPerFanOut,
    windowMs: 0,
  };
};

const framesFor = (messages: number, messageBytes: number) => {
  const { frameEnvelopeBytes } = ASSUMPTIONS;
  const fit = Math.max(1, Math.floor((FRAME_MAX_BYTES - frameEnvelopeBytes) / messageBytes));
  return Math.ceil(messages / fit);
};

/** What a share of half of the stack's posts leaves to one room, where the stack has four fifths of the quota. */
export const deployedLimits = (quota: number): RoomLimits => ({
  roomPostsPerSecond: quota * 0.8 * 0.5,
  roomPostsAtOnce: quota * 0.8 * 0.5,
  windowMaxMs: 2_000,
});

/**
 * What the code does: a room that would post more than its share so is flushed once in a window. Of a
 * window that takes longer than it may, what is sent in the first part is refused.
 */
export function pacedBy(limits: PacingLimits): Pacing {
  return (room) => {
    const byBatch = byStreamBatch(room);
    const { members, messagesPerSecond, messageBytes } = room;
    const { fanOutsPerSecond, framesPerFanOut } = byBatch;
    if (fanOutsPerSecond * framesPerFanOut * members <= limits.roomPostsPerSecond) return byBatch;

    let frames = 1;
    for (;;) {
      const periodMs = usedUntil(0, frames * members, 0, limits);
      const acceptedMs = Math.min(periodMs, limits.windowMaxMs);
      const messages = (messagesPerSecond * acceptedMs) / 1_000;
      const needed = Math.max(1, framesFor(messages, messageBytes));
      if (needed <= frames) {
        // Messages that come less often than the room could be flushed wait for nobody.
        const flushesPerSecond = Math.min(messagesPerSecond, 1_000 / periodMs);
        return {
          fanOutsPerSecond: flushesPerSecond,
          framesPerFanOut: frames,
          messagesPerFrame: Math.max(1, messages / frames),
          windowMs: acceptedMs,
          refusedShare: 1 - acceptedMs / periodMs,
        };
      }
      frames = needed;
    }
  };
}
