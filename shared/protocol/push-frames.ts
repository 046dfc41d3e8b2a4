import { byteLength } from '../domain/bytes.ts';
import { FRAME_MAX_BYTES } from '../domain/limits.ts';
import type { GoawayPush, PresencePush, TypingPush } from './frames.ts';

/** Frames that are pushed, as the text that goes over the wire. */

export function typingFrame(roomId: string, userId: string): string {
  return JSON.stringify({ type: 'typing', roomId, userId } satisfies TypingPush);
}

export function goawayFrame(reason: string, retryWindowMs: number): string {
  return JSON.stringify({ type: 'goaway', reason, retryWindowMs } satisfies GoawayPush);
}

/** As many frames as it takes: when a large room empties at once, one may not hold everybody. */
export function presenceFrames({
  roomId,
  joined,
  left,
  count,
}: Omit<PresencePush, 'type' | 'id'>): string[] {
  const frame = JSON.stringify({ type: 'presence', roomId, joined, left, count });
  if (byteLength(frame) <= FRAME_MAX_BYTES) return [frame];
  const halves = [
    { joined: firstHalf(joined), left: firstHalf(left) },
    { joined: secondHalf(joined), left: secondHalf(left) },
  ];
  return halves.flatMap((half) => presenceFrames({ roomId, ...half, count }));
}

const middle = (list: readonly string[]) => Math.ceil(list.length / 2);
const firstHalf = (list: readonly string[]) => list.slice(0, middle(list));
const secondHalf = (list: readonly string[]) => list.slice(middle(list));
