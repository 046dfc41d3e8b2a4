import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { SHARD_MEMBERS_MAX, shardCountFor, shardOf } from '../../shared/domain/shard.ts';

interface Target {
  client: DynamoDBDocumentClient;
  names: { MEMBERSHIPS_TABLE: string; ROOMS_TABLE: string };
}

interface FillOptions {
  /** Of each shard; as the join function is deployed by default. */
  shardMembersMax?: number;
  onProgress?: (line: string) => void;
}

/** In one transaction, which the engine stores several times faster than a batch. */
const ROWS_PER_REQUEST = 100;
const PROGRESS_EVERY = 25_000;

/**
 * Fills a room with members past the join function, which would take far longer, and spreads them as
 * if they had joined one by one while it grew. Only the side of the room is written: nobody of them
 * sends or leaves.
 *
 * @returns over how many shards the room is spread then
 */
export async function fillMembers(
  { client, names }: Target,
  roomId: string,
  connectionIds: readonly string[],
  { shardMembersMax = SHARD_MEMBERS_MAX, onProgress }: FillOptions = {},
): Promise<number> {
  const joinedAt = Date.now();
  const expiresAt = Math.ceil(joinedAt / 1_000) + 24 * 3_600;
  const row = (member: string, index: number) => {
    const shard = shardOf(member, shardCountFor(index, shardMembersMax));
    const userId = `user-${index}`;
    return {
      partition: `room#${roomId}#${shard}`,
      member,
      v: 1,
      userId,
      shard,
      joinedAt,
      expiresAt,
    };
  };
  for (let first = 0; first < connectionIds.length; first += ROWS_PER_REQUEST) {
    const ids = connectionIds.slice(first, first + ROWS_PER_REQUEST);
    const TransactItems = ids.map((member, index) => ({
      Put: { TableName: names.MEMBERSHIPS_TABLE, Item: row(member, first + index) },
    }));
    await client.send(new TransactWriteCommand({ TransactItems }));
    const filled = first + ids.length;
    if (filled % PROGRESS_EVERY === 0) onProgress?.(`${filled} members in ${roomId}`);
  }
  const shardCount = shardCountFor(connectionIds.length, shardMembersMax);
  await client.send(
    new UpdateCommand({
      TableName: names.ROOMS_TABLE,
      Key: { roomId },
      UpdateExpression: 'SET shardCount = :shardCount',
      ExpressionAttributeValues: { ':shardCount': shardCount },
    }),
  );
  return shardCount;
}

/** So many ids of the length and kind that API Gateway gives out. */
export const connectionIdsUpTo = (count: number) =>
  Array.from({ length: count }, (_, index) => connectionIdOf(index));

export function connectionIdOf(index: number): string {
  return `${Buffer.from(String(index).padStart(11, '0')).toString('base64url')}=`;
}
