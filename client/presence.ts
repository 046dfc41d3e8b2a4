import type { PresenceReply } from '../shared/protocol/frames.ts';
import { ask } from './ask.ts';
import type { Room } from './types.ts';

export interface Presence {
  /** Connections in the room. */
  count: number;
  /** The first 200 user ids, sorted. */
  users: string[];
}

/** Who is in the room now. */
export async function presence(room: Room): Promise<Presence> {
  const frame = { action: 'presence', roomId: room.roomId } as const;
  const { count, users } = await ask<PresenceReply>(room, frame);
  return { count, users };
}
