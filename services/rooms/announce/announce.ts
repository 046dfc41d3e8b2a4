import { ephemeralJob } from '../../../shared/domain/ephemeral-job.ts';
import { PRESENCE_PUSH_MAX_MEMBERS } from '../../../shared/domain/limits.ts';
import type {
  Clock,
  DeliveryJob,
  MembershipChange,
  Memberships,
  PresentMember,
} from '../../../shared/domain/ports.ts';
import type { Room } from '../../../shared/domain/room.ts';

export interface PresenceChange {
  roomId: string;
  /** Users whose first connection came; sorted. */
  joined: string[];
  /** Users whose last connection went; sorted. */
  left: string[];
  /** Members of the room: its connections. */
  count: number;
}

export interface AnnounceDependencies {
  memberships: Pick<Memberships, 'membersUpTo'>;
  presenceFrames: (change: PresenceChange) => string[];
  clock: Clock;
}

/**
 * What the members of one room have to be told of its changes, in the order in which these
 * happened; nothing if nobody came or went, or if the room is too large for it.
 *
 * The members are read after the changes, so that what several batches say may overlap but ends in
 * the truth. A second tab, a reconnect, and a visit that began and ended within the batch announce
 * nobody.
 */
export function createAnnounce({ memberships, presenceFrames, clock }: AnnounceDependencies) {
  return async (
    { roomId, shardCount }: Room,
    changes: readonly MembershipChange[],
    causedAt: number,
  ): Promise<DeliveryJob | undefined> => {
    const max = PRESENCE_PUSH_MAX_MEMBERS;
    const members = await memberships.membersUpTo(roomId, shardCount, max + 1);
    if (members.length === 0 || members.length > max) return undefined;

    const { joined, left } = compare(changes, members);
    if (joined.length === 0 && left.length === 0) return undefined;
    const frames = presenceFrames({ roomId, joined, left, count: members.length });
    const connectionIds = members.map(({ connectionId }) => connectionId);
    return ephemeralJob({ roomId, frames, connectionIds }, { causedAt, now: clock.now() });
  };
}

function compare(changes: readonly MembershipChange[], members: readonly PresentMember[]) {
  const inserted = new Set<string>();
  const firstChanges = new Map<string, MembershipChange>();
  for (const change of changes) {
    if (!firstChanges.has(change.connectionId)) firstChanges.set(change.connectionId, change);
    if (change.kind === 'joined') inserted.add(change.connectionId);
  }
  // A connection whose first change is that it left was there before.
  const wereHere = new Set(
    [...firstChanges.values()].filter(({ kind }) => kind === 'left').map(({ userId }) => userId),
  );
  const oldest = oldestConnections(members);
  return {
    // The oldest connection announces its user; the others of a user, in this batch or a later one, are silent.
    joined: [...oldest]
      .filter(([userId, { connectionId }]) => inserted.has(connectionId) && !wereHere.has(userId))
      .map(([userId]) => userId)
      .sort(),
    left: [...wereHere].filter((userId) => !oldest.has(userId)).sort(),
  };
}

function oldestConnections(members: readonly PresentMember[]): Map<string, PresentMember> {
  const oldest = new Map<string, PresentMember>();
  for (const member of members) {
    const known = oldest.get(member.userId);
    if (known === undefined || isOlder(member, known)) oldest.set(member.userId, member);
  }
  return oldest;
}

const isOlder = (a: PresentMember, b: PresentMember) =>
  a.joinedAt < b.joinedAt || (a.joinedAt === b.joinedAt && a.connectionId < b.connectionId);
