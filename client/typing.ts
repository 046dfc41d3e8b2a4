import type { Room } from './types.ts';

const TYPING_INTERVAL_MS = 3_000;

const typedAt = new WeakMap<Room, number>();

/** Tells the others, at most every three seconds, best effort. */
export function typing(room: Room): void {
  const { clock, link } = room.inside;
  const now = clock.now();
  if (now - (typedAt.get(room) ?? Number.NEGATIVE_INFINITY) < TYPING_INTERVAL_MS) return;
  typedAt.set(room, now);
  link()?.tell({ action: 'typing', roomId: room.roomId });
}
