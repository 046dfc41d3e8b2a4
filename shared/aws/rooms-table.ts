import {
  type DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
  type UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { rateLimited, unavailable } from '../domain/errors.ts';
import { ROOM_BURST_MS, refusedUntil } from '../domain/pacing.ts';
import type { Clock, Pacings, Rooms, Sequencer } from '../domain/ports.ts';
import { emptyRoom, type Room } from '../domain/room.ts';
import type { Backoff } from './backoff.ts';
import { batchGet } from './dynamodb.ts';
import { failedCondition, isHotKey, reach } from './sdk-errors.ts';

const pacingSchema = z.object({
  version: z.int(),
  pending: z.object({ id: z.string(), from: z.int(), dueAt: z.number() }).exactOptional(),
  begun: z
    .object({ id: z.string(), from: z.int(), at: z.number(), version: z.int() })
    .exactOptional(),
  flushed: z.object({ from: z.int(), through: z.int() }).exactOptional(),
  freeAt: z.number(),
  members: z.int(),
  perFrame: z.number().exactOptional(),
});

const roomRecordSchema = z.object({
  roomId: z.string(),
  head: z.number().default(0),
  headAt: z.number().default(0),
  createdAt: z.number().default(0),
  floor: z.number().default(0),
  shardCount: z.number().default(1),
  pacing: pacingSchema.exactOptional(),
});

/** @throws Error for a row that this version cannot read. */
const toRoom = (row: unknown): Room => roomRecordSchema.parse(row);

interface RoomsTable {
  client: DynamoDBDocumentClient;
  table: string;
  backoff?: Backoff;
}

export function createRooms({ client, table, backoff }: RoomsTable): Rooms {
  return {
    read: (roomId) =>
      reach('The room', async () => {
        const { Item } = await client.send(
          new GetCommand({ TableName: table, Key: { roomId }, ConsistentRead: true }),
        );
        return Item === undefined ? emptyRoom(roomId) : toRoom(Item);
      }),

    readMany: (roomIds) =>
      reach('The rooms', async () => {
        const keys = [...new Set(roomIds)].map((roomId) => ({ roomId }));
        const rooms = new Map<string, Room>(keys.map(({ roomId }) => [roomId, emptyRoom(roomId)]));
        for (const item of await batchGet(client, table, keys, backoff)) {
          const room = toRoom(item);
          rooms.set(room.roomId, room);
        }
        return rooms;
      }),

    /** Of several joins that find the room too full, the one with the largest number prevails. */
    grow: (roomId, shardCount) =>
      reach('The room', async () => {
        try {
          await client.send(
            new UpdateCommand({
              TableName: table,
              Key: { roomId },
              UpdateExpression: 'SET shardCount = :shardCount',
              ConditionExpression: 'attribute_not_exists(shardCount) OR shardCount < :shardCount',
              ExpressionAttributeValues: { ':shardCount': shardCount },
            }),
          );
        } catch (error) {
          if (!failedCondition(error)) throw error;
        }
      }),
  };
}

/**
 * How rooms are paced, in their rows. `pacingVersion` and `freeAt` stand there once more by themselves,
 * for the conditions: of the next write, and of a send.
 */
export function createPacings({ client, table }: RoomsTable): Pacings {
  return {
    save: (roomId, next, seen) =>
      reach(`Room ${roomId}`, async () => {
        const version = (seen?.version ?? 0) + 1;
        try {
          const { Attributes } = await client.send(
            new UpdateCommand({
              TableName: table,
              Key: { roomId },
              UpdateExpression: 'SET pacing = :pacing, pacingVersion = :version, freeAt = :freeAt',
              ConditionExpression:
                seen === undefined
                  ? 'attribute_not_exists(pacingVersion)'
                  : 'pacingVersion = :seen',
              ExpressionAttributeValues: {
                ':pacing': { ...next, version },
                ':version': version,
                ':freeAt': next.freeAt,
                ...(seen !== undefined && { ':seen': seen.version }),
              },
              ReturnValues: 'ALL_NEW',
            }),
          );
          return toRoom(Attributes);
        } catch (error) {
          if (failedCondition(error)) return undefined;
          throw error;
        }
      }),
  };
}

interface SequencerOptions extends RoomsTable {
  clock: Clock;
  /** How long a message may wait for the room's posts. */
  windowMaxMs: number;
  retentionMs: number;
}

/** The row that refused a number, as the SDK leaves it. */
const refusedSchema = z.object({ Item: z.object({ freeAt: z.object({ N: z.string() }) }) });

/** Two senders may disagree whether the room has been silent; a third try settles it. */
const ATTEMPTS = 3;

export function createSequencer({
  client,
  table,
  clock,
  windowMaxMs,
  retentionMs,
}: SequencerOptions): Sequencer {
  type Step = (roomId: string, signal?: AbortSignal) => Promise<UpdateCommandOutput>;
  type ValuesAt = (now: number) => Record<`:${string}`, number>;

  const count =
    (set: string, condition: string, furtherValues: ValuesAt = () => ({})): Step =>
    (roomId, signal) => {
      const now = clock.now();
      return client.send(
        new UpdateCommand({
          TableName: table,
          Key: { roomId },
          UpdateExpression: `SET headAt = :now, ${set} ADD head :one`,
          ConditionExpression: condition,
          ExpressionAttributeValues: {
            ':now': now,
            ':one': 1,
            ':silentSince': now - retentionMs,
            ...furtherValues(now),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
        signal === undefined ? {} : { abortSignal: signal },
      );
    };

  const usually = count(
    'createdAt = if_not_exists(createdAt, :now)',
    '(attribute_not_exists(head) OR headAt > :silentSince) AND (attribute_not_exists(freeAt) OR freeAt <= :freeBy)',
    (now) => ({ ':freeBy': now + ROOM_BURST_MS + windowMaxMs }),
  );

  /** Everything sent before a silence as long as retention is gone: the floor records that. */
  const afterSilence = count('floor = head', 'headAt <= :silentSince');

  return {
    next: (roomId, signal) =>
      reach(`Room ${roomId}`, async () => {
        for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
          const update = attempt % 2 === 0 ? usually : afterSilence;
          try {
            return toRoom((await update(roomId, signal)).Attributes);
          } catch (error) {
            if (isHotKey(error)) throw rateLimited(roomId, error);
            if (!failedCondition(error)) throw error;
            const freeAt = Number(refusedSchema.safeParse(error).data?.Item.freeAt.N ?? 0);
            const retryAfterMs = refusedUntil(freeAt, { windowMaxMs }) - clock.now();
            if (retryAfterMs > 0) throw rateLimited(roomId, error, retryAfterMs);
          }
        }
        throw unavailable(`Room ${roomId} could not give out a number; try again shortly.`);
      }),
  };
}
