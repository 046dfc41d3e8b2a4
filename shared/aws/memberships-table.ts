import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import * as z from 'zod';
import { unavailable } from '../domain/errors.ts';
import type {
  Clock,
  Member,
  Membership,
  Memberships,
  PresentMember,
  Shards,
} from '../domain/ports.ts';
import { shardOf } from '../domain/shard.ts';
import type { Backoff } from './backoff.ts';
import { batchDelete, batchGet } from './dynamodb.ts';
import { createReadPages, type PageRequest } from './member-pages.ts';
import { merge } from './merge.ts';
import { cancellationReasonsOf, failedCondition, reach } from './sdk-errors.ts';

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

/** What the connection's side says of a membership, as attribute values. */
const standingSchema = z
  .object({ shard: z.object({ N: z.coerce.number() }) })
  .transform(({ shard }) => ({ shard: shard.N }));

/** A connection that joins and leaves at once: a third attempt settles it. */
const ATTEMPTS = 3;

/** How many connections are cleaned up at once. */
const CLEANUP_CONCURRENCY = 8;

/** Shards of one room that are read at once: each holds one page in memory, and one socket. */
const SHARDS_AT_ONCE = 4;

/**
 * Strongly consistent, whatever the size: who has joined gets what is sent from then on, and beside a
 * post to each of them the second half of a read unit costs nothing.
 *
 * The first page is one full request to the queue, so that the first jobs leave early; the others stay
 * small enough to come well within the time that a request to a table may take.
 */
const FAN_OUT_PAGES = { attributes: ['member'], consistent: true, firstRows: 1_000, rows: 2_000 };

/** Of a page for a number or a list: so few that those who fan out meanwhile do not wait for it. */
const LOOK_ROWS = 2_000;

type Row = Record<string, unknown>;
type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One side's part of a transaction; with a condition it is the connection's. */
type ToWrite = (key: Row, condition?: object) => Write;

interface MembershipsTable {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Clock;
  backoff?: Backoff;
}

export function createMemberships(options: MembershipsTable): Memberships {
  const { client, table, clock, backoff } = options;

  const readPages = createReadPages({ client, table, clock });

  const pagesOf = (roomId: string, { first, end }: Shards, what: PageRequest) =>
    merge(
      Array.from({ length: end - first }, (_, index) =>
        readPages(inRoom(roomId, first + index), what),
      ),
      SHARDS_AT_ONCE,
    );

  /** For a number or a list that somebody looks at: beyond one shard it may be a moment old. */
  const roomPages = (roomId: string, shardCount: number, attributes: string[]) =>
    pagesOf(
      roomId,
      { first: 0, end: shardCount },
      { attributes, consistent: shardCount === 1, firstRows: LOOK_ROWS },
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

  /**
   * Both sides at once, on the condition that the membership stands in this shard or nowhere, which
   * the connection's side knows.
   *
   * @returns the shard in which it stands instead, and then nothing was written
   */
  async function writeBoth(
    { connectionId, roomId }: Pick<Membership, 'connectionId' | 'roomId'>,
    shard: number,
    toWrite: ToWrite,
  ): Promise<number | undefined> {
    const ofRoom = { partition: inRoom(roomId, shard), member: connectionId };
    const ofConnection = { partition: inConnection(connectionId), member: roomId };
    const standsHere = {
      ConditionExpression: 'attribute_not_exists(#shard) OR #shard = :shard',
      ExpressionAttributeNames: { '#shard': 'shard' },
      ExpressionAttributeValues: { ':shard': shard },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    };
    try {
      const TransactItems = [toWrite(ofRoom), toWrite(ofConnection, standsHere)];
      await client.send(new TransactWriteCommand({ TransactItems }));
      return undefined;
    } catch (error) {
      if (!failedCondition(error)) throw error;
      return standingSchema.parse(cancellationReasonsOf(error).at(-1)?.item).shard;
    }
  }

  /**
   * The shard may turn out to be another: the room has grown since the connection joined, or it left
   * and joined again meanwhile. Each repetition goes to where the membership was found.
   */
  const writeWhereItStands = (
    membership: Pick<Membership, 'connectionId' | 'roomId'>,
    expected: number,
    toWrite: (shard: number) => ToWrite,
  ) =>
    reach('The room', async () => {
      let shard: number | undefined = expected;
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        shard = await writeBoth(membership, shard, toWrite(shard));
        if (shard === undefined) return;
      }
      throw unavailable(`Connection and room ${membership.roomId} are busy; try again shortly.`);
    });

  return {
    /** A membership stays in its shard as long as it lasts, however much the room grows. */
    join(membership, shardCount) {
      const { connectionId, userId, joinedAt, expiresAt } = membership;
      return writeWhereItStands(membership, shardOf(connectionId, shardCount), (shard) => {
        const row = { v: 1, userId, shard, joinedAt, expiresAt: Math.ceil(expiresAt / 1000) };
        return (key, condition) => ({
          Put: { TableName: table, Item: { ...key, ...row }, ...condition },
        });
      });
    },

    async leave(connectionId, roomId) {
      const shard = (await shardsOf(connectionId, [roomId])).get(roomId);
      if (shard === undefined) return;
      await writeWhereItStands({ connectionId, roomId }, shard, () => (key, condition) => ({
        Delete: { TableName: table, Key: key, ...condition },
      }));
    },

    async roomsOf(connectionId, roomIds) {
      return new Set((await shardsOf(connectionId, roomIds)).keys());
    },

    async *pages(roomId, shardCount) {
      for await (const { rows } of roomPages(roomId, shardCount, ['member', 'userId'])) {
        yield rows.map((row) => memberSchema.parse(row)).map(toMember);
      }
    },

    /** One shard after the other and without reading ahead: the first page usually decides. */
    async membersUpTo(roomId, shardCount, max) {
      const members: PresentMember[] = [];
      const attributes = ['member', 'userId', 'joinedAt'];
      const request = { attributes, consistent: shardCount === 1, firstRows: max };
      for (let shard = 0; shard < shardCount && members.length < max; shard += 1) {
        for await (const page of readPages(inRoom(roomId, shard), request)) {
          const rows = page.rows.map((row) => presentMemberSchema.parse(row));
          members.push(...rows.map((row) => ({ ...toMember(row), joinedAt: row.joinedAt })));
          if (members.length >= max) break;
        }
      }
      return members.slice(0, max);
    },

    async *connectionPages(roomId, shards) {
      const pages = pagesOf(roomId, shards, FAN_OUT_PAGES);
      for await (const { rows } of pages) yield rows.map(({ member }) => String(member));
    },

    async count(roomId, shardCount) {
      let members = 0;
      for await (const { count } of roomPages(roomId, shardCount, [])) members += count;
      return members;
    },

    async removeConnections(connectionIds) {
      const limit = pLimit(CLEANUP_CONCURRENCY);
      await limit.map(connectionIds, (connectionId) => removeConnection(connectionId));
    },
  };

  /** The room's side first: as long as the connection's side stands, a clean-up finds the rest. */
  async function removeConnection(connectionId: string): Promise<void> {
    const partition = inConnection(connectionId);
    const request = { attributes: ['member', 'shard'], consistent: true };
    for await (const page of readPages(partition, request)) {
      const rooms = page.rows.map((row) => roomOfConnectionSchema.parse(row));
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
