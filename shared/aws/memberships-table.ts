import {
  type DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import * as z from 'zod';
import type { Clock, Member, Memberships, PresentMember } from '../domain/ports.ts';
import { shardOf } from '../domain/shard.ts';
import type { Backoff } from './backoff.ts';
import { batchDelete, batchGet } from './dynamodb.ts';
import { merge } from './merge.ts';
import { reach } from './sdk-errors.ts';

/**
 * The Memberships table as {@link Memberships}. A membership stands there twice: in the partition of
 * its room's shard, where the fan-out reads it, and in the partition of its connection, where the
 * routes check it and a clean-up finds all of a connection's rooms, both strongly consistent.
 */
const inRoom = (roomId: string, shard: number) => `room#${roomId}#${shard}`;
const inConnection = (connectionId: string) => `connection#${connectionId}`;

const memberSchema = z.object({ member: z.string(), userId: z.string() });
const presentMemberSchema = memberSchema.extend({ joinedAt: z.number() });
const roomOfConnectionSchema = z.object({ member: z.string(), shard: z.int() });

/** How many connections are cleaned up at once. */
const CLEANUP_CONCURRENCY = 8;

interface MembershipsTable {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Clock;
  backoff?: Backoff;
}

export function createMemberships(options: MembershipsTable): Memberships {
  const { client, table, clock, backoff } = options;
  type Row = Record<string, unknown>;

  async function* query(
    partition: string,
    attributes: string[],
    consistent: boolean,
    pageRows?: number,
  ) {
    let start: Row | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await reach('The room', () =>
        client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: '#partition = :partition',
            // TTL deletes late: a membership past its time counts as absent.
            FilterExpression: 'expiresAt > :now',
            ProjectionExpression: attributes.map((name) => `#${name}`).join(', '),
            ExpressionAttributeNames: {
              '#partition': 'partition',
              ...Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
            },
            ExpressionAttributeValues: {
              ':partition': partition,
              ':now': Math.floor(clock.now() / 1000),
            },
            ConsistentRead: consistent,
            ExclusiveStartKey: start,
            Limit: pageRows,
          }),
        ),
      );
      yield Items as Row[];
      start = LastEvaluatedKey;
    } while (start !== undefined);
  }

  /** A room of one shard is read strongly consistent; beyond, gap repair covers the milliseconds. */
  const roomPages = (roomId: string, shardCount: number, attributes: string[]) =>
    merge(
      Array.from({ length: shardCount }, (_, shard) =>
        query(inRoom(roomId, shard), attributes, shardCount === 1),
      ),
    );

  /** Where the membership stands, or nothing if there is none. */
  async function shardsOf(connectionId: string, roomIds: readonly string[]) {
    const keys = [...new Set(roomIds)].map((member) => ({
      partition: inConnection(connectionId),
      member,
    }));
    const items = await reach('The room', () => batchGet(client, table, keys, backoff));
    return new Map(
      items
        .map((item) => roomOfConnectionSchema.parse(item))
        .map(({ member, shard }) => [member, shard]),
    );
  }

  return {
    join: ({ connectionId, roomId, userId, joinedAt, expiresAt }, shardCount) =>
      reach('The room', async () => {
        const shard = shardOf(connectionId, shardCount);
        const common = { v: 1, userId, shard, joinedAt, expiresAt: Math.ceil(expiresAt / 1000) };
        const rows = [
          { partition: inRoom(roomId, shard), member: connectionId, ...common },
          { partition: inConnection(connectionId), member: roomId, ...common },
        ];
        await client.send(
          new TransactWriteCommand({
            TransactItems: rows.map((Item) => ({ Put: { TableName: table, Item } })),
          }),
        );
      }),

    async leave(connectionId, roomId) {
      const shard = (await shardsOf(connectionId, [roomId])).get(roomId);
      if (shard === undefined) return;
      const keys = [
        { partition: inRoom(roomId, shard), member: connectionId },
        { partition: inConnection(connectionId), member: roomId },
      ];
      await reach('The room', () =>
        client.send(
          new TransactWriteCommand({
            TransactItems: keys.map((Key) => ({ Delete: { TableName: table, Key } })),
          }),
        ),
      );
    },

    async roomsOf(connectionId, roomIds) {
      return new Set((await shardsOf(connectionId, roomIds)).keys());
    },

    async *pages(roomId, shardCount) {
      for await (const page of roomPages(roomId, shardCount, ['member', 'userId'])) {
        yield page.map((row) => memberSchema.parse(row)).map(toMember);
      }
    },

    /** One shard after the other and without reading ahead: the first page usually decides. */
    async membersUpTo(roomId, shardCount, max) {
      const members: PresentMember[] = [];
      const attributes = ['member', 'userId', 'joinedAt'];
      for (let shard = 0; shard < shardCount && members.length < max; shard += 1) {
        const partition = inRoom(roomId, shard);
        for await (const page of query(partition, attributes, shardCount === 1, max)) {
          const rows = page.map((row) => presentMemberSchema.parse(row));
          members.push(...rows.map((row) => ({ ...toMember(row), joinedAt: row.joinedAt })));
          if (members.length >= max) break;
        }
      }
      return members.slice(0, max);
    },

    async *connectionPages(roomId, shardCount) {
      for await (const page of roomPages(roomId, shardCount, ['member'])) {
        yield page.map((row) => String(row.member));
      }
    },

    async count(roomId, shardCount) {
      let count = 0;
      for await (const page of roomPages(roomId, shardCount, ['member'])) count += page.length;
      return count;
    },

    async removeConnections(connectionIds) {
      const limit = pLimit(CLEANUP_CONCURRENCY);
      await limit.map(connectionIds, (connectionId) => removeConnection(connectionId));
    },
  };

  /** The room's side first: as long as the connection's side stands, a clean-up finds the rest. */
  async function removeConnection(connectionId: string): Promise<void> {
    const partition = inConnection(connectionId);
    for await (const page of query(partition, ['member', 'shard'], true)) {
      const rooms = page.map((row) => roomOfConnectionSchema.parse(row));
      const inRooms = rooms.map(({ member, shard }) => ({
        partition: inRoom(member, shard),
        member: connectionId,
      }));
      const inConnections = rooms.map(({ member }) => ({ partition, member }));
      await batchDelete(client, table, inRooms, backoff);
      await batchDelete(client, table, inConnections, backoff);
    }
  }
}

const toMember = ({ member, userId }: z.infer<typeof memberSchema>): Member => ({
  connectionId: member,
  userId,
});
