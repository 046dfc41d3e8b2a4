import {
  type DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
  type UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { rateLimited, unavailable } from '../domain/errors.ts';
import type { Clock, Rooms, Sequencer } from '../domain/ports.ts';
import { emptyRoom, type Room } from '../domain/room.ts';
import type { Backoff } from './backoff.ts';
import { batchGet } from './dynamodb.ts';
import { hasName, isHotKey, reach } from './sdk-errors.ts';

const roomRecordSchema = z.object({
  roomId: z.string(),
  head: z.number().default(0),
  headAt: z.number().default(0),
  createdAt: z.number().default(0),
  floor: z.number().default(0),
  shardCount: z.number().default(1),
});

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
        return Item === undefined ? emptyRoom(roomId) : roomRecordSchema.parse(Item);
      }),

    readMany: (roomIds) =>
      reach('The rooms', async () => {
        const keys = [...new Set(roomIds)].map((roomId) => ({ roomId }));
        const rooms = new Map<string, Room>(keys.map(({ roomId }) => [roomId, emptyRoom(roomId)]));
        for (const item of await batchGet(client, table, keys, backoff)) {
          const room = roomRecordSchema.parse(item);
          rooms.set(room.roomId, room);
        }
        return rooms;
      }),
  };
}

interface SequencerOptions extends RoomsTable {
  clock: Clock;
  retentionMs: number;
}

/** Two senders may disagree whether the room has been silent; a third try settles it. */
const ATTEMPTS = 3;

export function createSequencer({
  client,
  table,
  clock,
  retentionMs,
}: SequencerOptions): Sequencer {
  type Step = (roomId: string, signal?: AbortSignal) => Promise<UpdateCommandOutput>;

  const count =
    (set: string, condition: string): Step =>
    (roomId, signal) => {
      const now = clock.now();
      return client.send(
        new UpdateCommand({
          TableName: table,
          Key: { roomId },
          UpdateExpression: `SET headAt = :now, ${set} ADD head :one`,
          ConditionExpression: condition,
          ExpressionAttributeValues: { ':now': now, ':one': 1, ':silentSince': now - retentionMs },
          ReturnValues: 'ALL_NEW',
        }),
        signal === undefined ? {} : { abortSignal: signal },
      );
    };

  const usually = count(
    'createdAt = if_not_exists(createdAt, :now)',
    'attribute_not_exists(head) OR headAt > :silentSince',
  );

  /** Everything sent before a silence as long as retention is gone: the floor records that. */
  const afterSilence = count('floor = head', 'headAt <= :silentSince');

  return {
    next: (roomId, signal) =>
      reach(`Room ${roomId}`, async () => {
        for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
          const update = attempt % 2 === 0 ? usually : afterSilence;
          try {
            return roomRecordSchema.parse((await update(roomId, signal)).Attributes);
          } catch (error) {
            if (isHotKey(error)) throw rateLimited(roomId, error);
            if (!hasName(error, 'ConditionalCheckFailedException')) throw error;
          }
        }
        throw unavailable(`Room ${roomId} could not give out a number; try again shortly.`);
      }),
  };
}
