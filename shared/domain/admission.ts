import { ChatError } from './errors.ts';
import { type Identity, mayEnter } from './identity.ts';
import type { Memberships } from './ports.ts';

/** @throws ChatError `FORBIDDEN` unless the identity has the right to the room. */
export function requireRight(identity: Identity, roomId: string): void {
  if (mayEnter(identity, roomId)) return;
  throw new ChatError('FORBIDDEN', `Your token does not open room ${roomId}.`);
}

/** @throws ChatError `NOT_A_MEMBER` unless the connection has joined the room. */
export async function requireMember(
  memberships: Pick<Memberships, 'roomsOf'>,
  connectionId: string,
  roomId: string,
): Promise<void> {
  if ((await memberships.roomsOf(connectionId, [roomId])).has(roomId)) return;
  throw new ChatError(
    'NOT_A_MEMBER',
    `This connection is not a member of room ${roomId}: join it first.`,
  );
}
