import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ENGINE_CREDENTIALS } from '../../../local/engines/credentials.ts';
import { startDynamoDb } from '../../../local/engines/dynamodb.ts';
import { provisionTables } from '../../../local/engines/provision-tables.ts';
import {
  createCleanup,
  createDataDir,
  createDynamoDbClient,
  membershipsTable,
  messagesTable,
  neverExits,
  roomsTable,
} from './engines-support.ts';

const cleanup = createCleanup();
let client: DynamoDBClient;
let streams: DynamoDBStreamsClient;
let streamArn: string;
let roomCount = 0;
/** A room of its own for every test. */
let roomId: string;

beforeAll(async () => {
  const engine = await startDynamoDb({ dataDir: createDataDir(cleanup), onExit: neverExits });
  cleanup.defer(engine.stop);
  client = createDynamoDbClient(cleanup, engine.endpoint);
  streams = new DynamoDBStreamsClient({
    endpoint: engine.endpoint,
    region: 'eu-central-1',
    credentials: ENGINE_CREDENTIALS,
  });
  cleanup.defer(() => streams.destroy());
  const arns = await provisionTables(client, [messagesTable, membershipsTable, roomsTable]);
  streamArn = String(arns.MessagesTable);
});
afterAll(() => cleanup.run());
beforeEach(() => {
  roomCount += 1;
  roomId = `room-${roomCount}`;
});

const message = (seq: number, text: string) => ({
  roomId: { S: roomId },
  seq: { N: String(seq) },
  text: { S: text },
});
const putIfAbsent = (tableName: string, item: Record<string, { S: string } | { N: string }>) => ({
  Put: {
    TableName: tableName,
    Item: item,
    ConditionExpression: 'attribute_not_exists(roomId)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  },
});
const store = (seq: number, text: string, token?: string) =>
  client.send(
    new TransactWriteItemsCommand({
      ClientRequestToken: token,
      TransactItems: [
        putIfAbsent('Messages', message(seq, text)),
        putIfAbsent('Rooms', { roomId: { S: `${roomId}#receipt-${text}` } }),
      ],
    }),
  );
const queryRoom = (options: Partial<ConstructorParameters<typeof QueryCommand>[0]>) =>
  client.send(
    new QueryCommand({
      TableName: 'Messages',
      ConsistentRead: true,
      KeyConditionExpression: 'roomId = :room',
      ...options,
      ExpressionAttributeValues: { ':room': { S: roomId }, ...options.ExpressionAttributeValues },
    }),
  );

async function readStream() {
  const { StreamDescription } = await streams.send(
    new DescribeStreamCommand({ StreamArn: streamArn }),
  );
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({
      StreamArn: streamArn,
      ShardId: StreamDescription?.Shards?.[0]?.ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  return Records.filter((record) => record.dynamodb?.Keys?.roomId?.S === roomId);
}

describe('a conditional transaction', () => {
  it('is done once when it is repeated with the same token', async () => {
    await store(1, 'hello', `token-${roomId}`);
    await store(1, 'hello', `token-${roomId}`);
    expect((await queryRoom({})).Items).toEqual([message(1, 'hello')]);
    expect(await readStream()).toHaveLength(1);
  });

  it('refuses a token that was used for something else', async () => {
    await store(1, 'hello', `token-${roomId}`);
    await expect(store(2, 'other', `token-${roomId}`)).rejects.toThrow(
      expect.objectContaining({ name: 'IdempotentParameterMismatchException' }),
    );
  });

  it('says which condition failed and returns the item that was in the way', async () => {
    await store(1, 'hello');
    await expect(store(2, 'hello')).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        {
          Code: 'ConditionalCheckFailed',
          Item: { roomId: { S: `${roomId}#receipt-hello` } },
        },
      ],
    });
    expect((await queryRoom({})).Items).toEqual([message(1, 'hello')]);
  });

  it('shows in the stream as one INSERT for each row of a table with a stream', async () => {
    await store(1, 'hello');
    expect(await readStream()).toMatchObject([
      {
        eventName: 'INSERT',
        dynamodb: { NewImage: message(1, 'hello'), StreamViewType: 'NEW_IMAGE' },
      },
    ]);
  });
});

it('returns the item in the way of a conditional put', async () => {
  await store(1, 'hello');
  const put = client.send(new PutItemCommand(putIfAbsent('Messages', message(1, 'late')).Put));
  await expect(put).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
    Item: message(1, 'hello'),
  });
});

it('counts up under concurrency and returns the row as it is after each step', async () => {
  const heads = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: 'Rooms',
          Key: { roomId: { S: roomId } },
          UpdateExpression: 'SET headAt = :at ADD head :one',
          ExpressionAttributeValues: { ':at': { N: String(index) }, ':one': { N: '1' } },
          ReturnValues: 'ALL_NEW',
        }),
      );
      expect(Attributes).toMatchObject({ roomId: { S: roomId }, headAt: { N: String(index) } });
      return Number(Attributes?.head?.N);
    }),
  );
  expect(heads.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

it('reads rows of several tables consistently in one call', async () => {
  await store(1, 'hello');
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({
      RequestItems: {
        Messages: {
          ConsistentRead: true,
          Keys: [
            { roomId: { S: roomId }, seq: { N: '1' } },
            { roomId: { S: roomId }, seq: { N: '9' } },
          ],
        },
        Rooms: { ConsistentRead: true, Keys: [{ roomId: { S: `${roomId}#receipt-hello` } }] },
      },
    }),
  );
  expect(Responses).toEqual({
    Messages: [message(1, 'hello')],
    Rooms: [{ roomId: { S: `${roomId}#receipt-hello` } }],
  });
  expect(UnprocessedKeys).toEqual({});
});

describe('a query', () => {
  beforeEach(async () => {
    for (let seq = 1; seq <= 12; seq += 1) {
      await client.send(
        new PutItemCommand({ TableName: 'Messages', Item: message(seq, `m${seq}`) }),
      );
    }
  });
  const seqs = (items: { seq?: { N?: string | undefined } }[] = []) =>
    items.map((item) => Number(item.seq?.N));

  it('orders by number, from either end, and pages', async () => {
    const newest = await queryRoom({ ScanIndexForward: false, Limit: 3 });
    expect(seqs(newest.Items)).toEqual([12, 11, 10]);
    const next = await queryRoom({
      ScanIndexForward: false,
      Limit: 3,
      ExclusiveStartKey: newest.LastEvaluatedKey,
    });
    expect(seqs(next.Items)).toEqual([9, 8, 7]);
  });

  it('applies the limit before the filter', async () => {
    const page = await queryRoom({
      Limit: 5,
      FilterExpression: '#text = :text',
      ExpressionAttributeNames: { '#text': 'text' },
      ExpressionAttributeValues: { ':text': { S: 'm12' } },
    });
    expect(page).toMatchObject({
      Count: 0,
      ScannedCount: 5,
      LastEvaluatedKey: { seq: { N: '5' } },
    });
  });

  it('counts without returning items', async () => {
    const counted = await queryRoom({
      Select: 'COUNT',
      KeyConditionExpression: 'roomId = :room AND seq > :after',
      ExpressionAttributeValues: { ':after': { N: '9' } },
    });
    expect(counted.Count).toBe(3);
    expect(counted.Items).toBeUndefined();
  });
});

it('deletes in batches, and ignores what is not there', async () => {
  const connectionIds = ['c1', 'c2', 'c3'];
  const key = (connectionId: string) => ({
    roomShard: { S: roomId },
    connectionId: { S: connectionId },
  });
  for (const id of connectionIds) {
    await client.send(new PutItemCommand({ TableName: 'Memberships', Item: key(id) }));
  }
  const { UnprocessedItems } = await client.send(
    new BatchWriteItemCommand({
      RequestItems: {
        Memberships: ['c1', 'c3', 'gone'].map((id) => ({ DeleteRequest: { Key: key(id) } })),
      },
    }),
  );
  expect(UnprocessedItems).toEqual({});
  const left = await client.send(
    new QueryCommand({
      TableName: 'Memberships',
      KeyConditionExpression: 'roomShard = :room',
      ExpressionAttributeValues: { ':room': { S: roomId } },
    }),
  );
  expect(left.Items).toEqual([key('c2')]);
});

it('finds all rooms of a connection over the index', async () => {
  const connectionId = { S: `connection-of-${roomId}` };
  for (const roomShard of [`${roomId}#0`, `${roomId}-other#0`]) {
    await client.send(
      new PutItemCommand({
        TableName: 'Memberships',
        Item: { roomShard: { S: roomShard }, connectionId, userId: { S: 'ann' } },
      }),
    );
  }
  const { Items } = await client.send(
    new QueryCommand({
      TableName: 'Memberships',
      IndexName: 'byConnection',
      KeyConditionExpression: 'connectionId = :id',
      ExpressionAttributeValues: { ':id': connectionId },
    }),
  );
  expect(Items).toHaveLength(2);
  expect(Items).toContainEqual({ roomShard: { S: `${roomId}#0` }, connectionId });
});
