import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { connectionIdOf } from '../../support/fill-members.ts';
import type { BenchEngines } from '../engines.ts';

/** One row for each connection, with the room that it is in; and an index by room. */
export const CONNECTIONS_TABLE = 'baseline-connections';
export const ROOM_INDEX = 'byRoom';
export const MESSAGES_TABLE = 'baseline-messages';

const ROWS_PER_REQUEST = 100;

export async function createBaselineTables({ client }: BenchEngines): Promise<void> {
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' }) as const;
  await client.send(
    new CreateTableCommand({
      TableName: CONNECTIONS_TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('connectionId'), text('roomId')],
      KeySchema: [{ AttributeName: 'connectionId', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: ROOM_INDEX,
          KeySchema: [
            { AttributeName: 'roomId', KeyType: 'HASH' },
            { AttributeName: 'connectionId', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: MESSAGES_TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [text('roomId'), text('sentAt')],
      KeySchema: [
        { AttributeName: 'roomId', KeyType: 'HASH' },
        { AttributeName: 'sentAt', KeyType: 'RANGE' },
      ],
    }),
  );
}

/** Puts connections into a room; those that are there already stay. */
export async function putConnections(
  { client }: BenchEngines,
  roomId: string,
  indexes: readonly number[],
): Promise<void> {
  for (let first = 0; first < indexes.length; first += ROWS_PER_REQUEST) {
    const rows = indexes.slice(first, first + ROWS_PER_REQUEST).map((index) => ({
      Put: {
        TableName: CONNECTIONS_TABLE,
        Item: {
          connectionId: connectionIdOf(index),
          roomId,
          userId: `user-${index}`,
          connectedAt: 0,
        },
      },
    }));
    await client.send(new TransactWriteCommand({ TransactItems: rows }));
  }
}
