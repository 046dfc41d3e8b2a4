import { FRAME_MAX_BYTES } from '../../shared/domain/limits.ts';
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
}

/** How a room's messages are gathered into frames: the part of the model that pacing changes. */
export type Pacing = (room: RoomLoad) => Paced;

/**
 * What the code does: the messages of a room that one batch of the stream brings travel together.
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
  const fit = Math.max(
    1,
    Math.floor((FRAME_MAX_BYTES - ASSUMPTIONS.frameEnvelopeBytes) / messageBytes),
  );
  const framesPerFanOut = Math.ceil(messages / fit);
  return {
    fanOutsPerSecond,
    framesPerFanOut,
    messagesPerFrame: framesPerFanOut === 0 ? 0 : messages / framesPerFanOut,
    windowMs: 0,
  };
};
