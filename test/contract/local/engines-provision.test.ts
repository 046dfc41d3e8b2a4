import { DescribeTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it } from '@jest/globals';
import { startDynamoDb } from '../../../local/engines/dynamodb.ts';
import { provision } from '../../../local/engines/provision.ts';
import { startSqs } from '../../../local/engines/sqs.ts';
import type { TableModel } from '../../../local/template/model.ts';
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
afterEach(() => cleanup.run());

async function startEngines() {
  const dataDir = createDataDir(cleanup);
  const dynamoDb = await startDynamoDb({ dataDir, onExit: neverExits });
  cleanup.defer(dynamoDb.stop);
  const sqs = await startSqs({ onExit: neverExits });
  cleanup.defer(sqs.stop);
  const endpoints = { dynamoDbEndpoint: dynamoDb.endpoint, sqsEndpoint: sqs.endpoint };
  return {
    client: createDynamoDbClient(cleanup, dynamoDb.endpoint),
    provisionTables: (tables: TableModel[]) =>
      provision({
        model: { region: 'eu-central-1', tables, queues: [], buckets: [] },
        ...endpoints,
      }),
  };
}

const tables = [messagesTable, membershipsTable, roomsTable];

it('creates what is missing, and nothing the second time', async () => {
  const { client, provisionTables } = await startEngines();
  const first = await provisionTables(tables);
  await client.send(new PutItemCommand({ TableName: 'Rooms', Item: { roomId: { S: 'lobby' } } }));
  const second = await provisionTables(tables);

  expect(second).toEqual(first);
  expect(Object.keys(first.streamArns)).toEqual(['MessagesTable']);
  const { Item } = await client.send(
    new GetItemCommand({ TableName: 'Rooms', Key: { roomId: { S: 'lobby' } } }),
  );
  expect(Item).toEqual({ roomId: { S: 'lobby' } });
});

it('creates tables on demand, with their indexes and the view of their stream', async () => {
  const { client, provisionTables } = await startEngines();
  await provisionTables(tables);
  const describeTable = async (TableName: string) =>
    (await client.send(new DescribeTableCommand({ TableName }))).Table;
  expect(await describeTable('Messages')).toMatchObject({
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  });
  expect((await describeTable('Memberships'))?.GlobalSecondaryIndexes).toMatchObject([
    {
      IndexName: 'byConnection',
      KeySchema: [{ AttributeName: 'connectionId', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ]);
});

it('adds a table that a later template declares', async () => {
  const { provisionTables } = await startEngines();
  await provisionTables([roomsTable]);
  expect(await provisionTables(tables)).toHaveProperty('streamArns.MessagesTable');
});

it.each<{ description: string; change: Partial<TableModel>; problem: string }>([
  {
    description: 'the key',
    change: { key: { partition: 'seq', sort: 'roomId' } },
    problem: 'its key is roomId S, seq N, the template says seq N, roomId S',
  },
  {
    description: 'the type of a key attribute',
    change: {
      attributes: [
        { name: 'roomId', type: 'S' },
        { name: 'seq', type: 'S' },
      ],
    },
    problem: 'its key is roomId S, seq N, the template says roomId S, seq S',
  },
  {
    description: 'the view of the stream',
    change: { streamView: 'NEW_AND_OLD_IMAGES' },
    problem: 'its stream is NEW_IMAGE, the template says NEW_AND_OLD_IMAGES',
  },
  {
    description: 'an index',
    change: {
      indexes: [{ indexName: 'bySeq', key: { partition: 'seq' }, projection: ['text', 'userId'] }],
    },
    problem: 'its set of indexes is empty, the template says bySeq (seq N; text userId)',
  },
])('refuses stored tables that differ in $description', async ({ change, problem }) => {
  const { provisionTables } = await startEngines();
  await provisionTables(tables);
  await expect(
    provisionTables([{ ...messagesTable, ...change }, membershipsTable, roomsTable]),
  ).rejects.toThrow(
    `The stored tables differ from the template. Messages: ${problem}. Start with a fresh --data directory`,
  );
});
