import { requireRight } from './admission.ts';
import type { Identity } from './identity.ts';
import { CONNECTION_LIFETIME_MS } from './limits.ts';
import type { Clock, Memberships } from './ports.ts';
import type { Room } from './room.ts';

/** A connection that asks to become a member. */
export interface Joiner {
  connectionId: string;
  /** Milliseconds since the epoch. */
  connectedAt: number;
  identity: Identity;
}

/**
 * Makes a connection a member of a room. Whoever wants to know the room's head reads it afterwards:
 * membership first, then the head, so that what is pushed and what is read overlap rather than gap.
 *
 * @throws ChatError `FORBIDDEN`
 */
export async function joinRoom(
  { memberships, clock }: { memberships: Pick<Memberships, 'join'>; clock: Clock },
  { connectionId, connectedAt, identity }: Joiner,
  { roomId, shardCount }: Room,
): Promise<void> {
  requireRight(identity, roomId);
  const { userId } = identity;
  const expiresAt = connectedAt + CONNECTION_LIFETIME_MS;
  const membership = { connectionId, roomId, userId, joinedAt: clock.now(), expiresAt };
  await memberships.join(membership, shardCount);
}
