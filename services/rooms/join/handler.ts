import { joinRoom } from '../../../shared/domain/join-room.ts';
import { ANSWER_ENTRIES_MAX_BYTES } from '../../../shared/domain/limits.ts';
import type { LogReader } from '../../../shared/domain/log-reader.ts';
import type { Clock, Memberships, Rooms } from '../../../shared/domain/ports.ts';
import type { Room } from '../../../shared/domain/room.ts';
import { SHARD_MEMBERS_MAX, shardCountFor } from '../../../shared/domain/shard.ts';
import { catchUp } from '../../../shared/lambda/catch-up.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { RouteMetrics } from '../../../shared/lambda/metrics.ts';
import { createSocketRoute, type SocketHandler } from '../../../shared/lambda/socket-route.ts';
import { joinSchema } from '../../../shared/protocol/schemas.ts';
import { createCountMembers } from './count-members.ts';

export interface JoinDependencies {
  rooms: Pick<Rooms, 'read' | 'grow'>;
  memberships: Pick<Memberships, 'join' | 'count'>;
  reader: LogReader;
  clock: Clock;
  log: Log;
  metrics: RouteMetrics;
  /** Of each shard; {@link SHARD_MEMBERS_MAX} by default. */
  shardMembersMax?: number;
}

/** `join` → membership, then head and count, and with `since` the first page of what was missed. */
export function createJoinHandler(dependencies: JoinDependencies): SocketHandler {
  const { rooms, memberships, reader, clock, log, metrics } = dependencies;
  const { shardMembersMax = SHARD_MEMBERS_MAX } = dependencies;
  const countMembers = createCountMembers({ memberships, clock });

  return createSocketRoute(joinSchema, { log, metrics }, async ({ roomId, since }, context) => {
    const before = await rooms.read(roomId);
    await joinRoom({ memberships, clock }, context, before);
    // The head after the membership: what is pushed and what is read overlap rather than gap.
    const [room, count] = await Promise.all([rooms.read(roomId), countMembers(before)]);
    await makeRoom(room, count);
    const joined = { type: 'joined', roomId, head: room.head, count } as const;
    if (since === undefined) return joined;
    const budget = { leftBytes: ANSWER_ENTRIES_MAX_BYTES };
    const { messages, more, reset } = await catchUp(reader, room, since, budget);
    return { ...joined, messages, more, ...(reset ? { reset } : {}) };
  });
  /**
   * Spreads those who join from now on over more shards. A join that cannot do it has succeeded all
   * the same: the next one finds the room as full.
   */
  async function makeRoom({ roomId, shardCount }: Room, members: number): Promise<void> {
    const wanted = shardCountFor(members, shardMembersMax);
    if (wanted <= shardCount) return;
    try {
      await rooms.grow(roomId, wanted);
      log.info('room spread over more shards', { roomId, members, shardCount: wanted });
    } catch (error) {
      log.warn('room not spread over more shards', { roomId, members, error });
    }
  }
}
