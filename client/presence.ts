import type { PresenceReply } from '../shared/protocol/frames.ts';
import { ask } from './ask.ts';
import type { Presence, Room } from './types.ts';

/** Who is in the room now. */
export async function presence(room: Room): Promise<Presence> {
  const frame = { action: 'presence', roomId: room.roomId } as const;
  const { count, users } = await ask<PresenceReply>(room, frame);
  return { count, users };
}
