import type { Clock, Membership, Memberships, Shards } from '../../shared/domain/ports.ts';
import { shardOf } from '../../shared/domain/shard.ts';
import { type Calls, createCalls } from './calls.ts';

interface InMemoryMembershipsOptions {
  clock: Clock;
  calls?: Calls;
  /** Members per page: the real store answers in pages of 1 MB. */
  pageSize?: number;
}

export interface InMemoryMemberships extends Memberships {
  /** Who is in a room, expired memberships included. */
  allOf(roomId: string): Membership[];
}

export function createInMemoryMemberships(
  options: InMemoryMembershipsOptions,
): InMemoryMemberships {
  const { clock, calls = createCalls(), pageSize = 1_000 } = options;
  const stored = new Map<string, Membership & { shard: number }>();
  const keyOf = (connectionId: string, roomId: string) => `${roomId}#${connectionId}`;

  const shard = (roomId: string, index: number) =>
    [...stored.values()].filter(
      (membership) =>
        membership.roomId === roomId &&
        membership.shard === index &&
        membership.expiresAt > clock.now(),
    );

  /** A member in a shard that the reader does not know of is not seen, as in the real store. */
  async function* pagesOf(method: string, roomId: string, { first, end }: Shards) {
    for (let index = first; index < end; index += 1) {
      const members = shard(roomId, index);
      for (let start = 0; start === 0 || start < members.length; start += pageSize) {
        yield await calls.through(`memberships.${method}`, () =>
          members.slice(start, start + pageSize),
        );
      }
    }
  }

  return {
    allOf: (roomId) => [...stored.values()].filter((membership) => membership.roomId === roomId),
    join: (membership, shardCount) =>
      calls.through('memberships.join', () => {
        const { connectionId, roomId } = membership;
        const key = keyOf(connectionId, roomId);
        const shard = stored.get(key)?.shard ?? shardOf(connectionId, shardCount);
        stored.set(key, { ...membership, shard });
      }),
    leave: (connectionId, roomId) =>
      calls.through('memberships.leave', () => {
        stored.delete(keyOf(connectionId, roomId));
      }),
    roomsOf: (connectionId, roomIds) =>
      calls.through(
        'memberships.roomsOf',
        () => new Set(roomIds.filter((roomId) => stored.has(keyOf(connectionId, roomId)))),
      ),
    async *pages(roomId, shardCount) {
      for await (const page of pagesOf('pages', roomId, { first: 0, end: shardCount })) {
        yield page.map(({ connectionId, userId }) => ({ connectionId, userId }));
      }
    },
    membersUpTo: (roomId, shardCount, max) =>
      calls.through('memberships.membersUpTo', () =>
        Array.from({ length: shardCount }, (_, index) => shard(roomId, index))
          .flat()
          .slice(0, max)
          .map(({ connectionId, userId, joinedAt }) => ({ connectionId, userId, joinedAt })),
      ),
    async *connectionPages(roomId, shards) {
      for await (const page of pagesOf('connectionPages', roomId, shards)) {
        yield page.map(({ connectionId }) => connectionId);
      }
    },
    async count(roomId, shardCount) {
      let count = 0;
      for await (const page of pagesOf('count', roomId, { first: 0, end: shardCount }))
        count += page.length;
      return count;
    },
    removeConnections: (connectionIds) =>
      calls.through('memberships.removeConnections', () => {
        for (const [key, { connectionId }] of stored) {
          if (connectionIds.includes(connectionId)) stored.delete(key);
        }
      }),
  };
}
