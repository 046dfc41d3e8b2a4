import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../local/clock.ts';
import { ENGINE_CREDENTIALS } from '../../../local/engines/credentials.ts';
import { startDynamoDb } from '../../../local/engines/dynamodb.ts';
import { provisionTables } from '../../../local/engines/provision-tables.ts';
import { createTtlDeletions, type TtlDeletions } from '../../../local/engines/ttl-deletions.ts';
import { createMemoryCheckpointStore } from '../../../local/events/checkpoint-store.ts';
import { createDynamoDbStreamSource } from '../../../local/events/dynamodb-stream-source.ts';
import { createStreamMapping } from '../../../local/events/stream-mapping.ts';
import type { StreamRecord } from '../../../local/events/stream-record.ts';
import type { StreamPosition, StreamSource } from '../../../local/events/stream-source.ts';
import type { TableModel } from '../../../local/template/model.ts';
import {
  createCleanup,
  createDataDir,
  createDynamoDbClient,
  messagesTable,
  neverExits,
} from './engines-support.ts';

const cleanup = createCleanup();
let client: DynamoDBClient;
let streams: DynamoDBStreamsClient;
let tableCount = 0;
let table: TableModel;
let source: StreamSource;
let deletions: TtlDeletions;

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
});
afterAll(() => cleanup.run());
beforeEach(() => openTable('NEW_IMAGE'));

/** A table of its own for every test. */
async function openTable(streamView: NonNullable<TableModel['streamView']>): Promise<void> {
  tableCount += 1;
  table = {
    ...messagesTable,
    id: `Table${tableCount}`,
    tableName: `Messages${tableCount}`,
    streamView,
  };
  const arns = await provisionTables(client, [table]);
  deletions = createTtlDeletions();
  source = await createDynamoDbStreamSource({
    client: streams,
    engineStreamArn: String(arns[table.id]),
    region: 'eu-west-1',
    accountId: '123456789012',
    isExpiry: deletions.claim,
  });
}

const key = (seq: number) => ({ roomId: { S: 'lobby' }, seq: { N: String(seq) } });
const put = (seq: number, attributes: Record<string, AttributeValue> = {}) =>
  client.send(
    new PutItemCommand({ TableName: table.tableName, Item: { ...key(seq), ...attributes } }),
  );
const remove = (seq: number) =>
  client.send(new DeleteItemCommand({ TableName: table.tableName, Key: key(seq) }));
const setText = (seq: number, text: string) =>
  client.send(
    new UpdateItemCommand({
      TableName: table.tableName,
      Key: key(seq),
      UpdateExpression: 'SET #text = :text',
      ExpressionAttributeNames: { '#text': 'text' },
      ExpressionAttributeValues: { ':text': { S: text } },
    }),
  );

async function readAll(from: StreamPosition = { type: 'TRIM_HORIZON' }) {
  const [shard] = await source.listShards();
  if (!shard) throw new Error('The stream has no shard');
  const reader = await source.openShard(shard.shardId, from);
  const pages: StreamRecord[][] = [];
  for (;;) {
    const page = await reader.read();
    if (page.caughtUp) return { reader, pages, records: pages.flat(), last: page };
    pages.push(page.records);
  }
}

const names = (records: StreamRecord[]) => records.map((record) => record.eventName);

describe('the stream of a DynamoDB engine', () => {
  it('is read in the shape that AWS sends', async () => {
    const before = Math.floor(Date.now() / 1000);
    await put(1, {
      raw: { B: new Uint8Array([1, 2, 3]) },
      more: { M: { list: { L: [{ B: new Uint8Array([4]) }, { BOOL: true }, { NULL: true }] } } },
      tags: { BS: [new Uint8Array([5])] },
    });
    const { records } = await readAll();
    expect(source.streamArn).toMatch(
      /^arn:aws:dynamodb:eu-west-1:123456789012:table\/Messages\d+\/stream\/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/,
    );
    expect(records).toEqual([
      {
        eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventName: 'INSERT',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-west-1',
        dynamodb: {
          ApproximateCreationDateTime: expect.any(Number),
          Keys: { roomId: { S: 'lobby' }, seq: { N: '1' } },
          NewImage: {
            roomId: { S: 'lobby' },
            seq: { N: '1' },
            raw: { B: 'AQID' },
            more: { M: { list: { L: [{ B: 'BA==' }, { BOOL: true }, { NULL: true }] } } },
            tags: { BS: ['BQ=='] },
          },
          SequenceNumber: expect.stringMatching(/^\d+$/),
          SizeBytes: expect.any(Number),
          StreamViewType: 'NEW_IMAGE',
        },
        eventSourceARN: source.streamArn,
      },
    ]);
    const at = records[0]?.dynamodb.ApproximateCreationDateTime ?? 0;
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('has ids that are stable, and differ between records and tables', async () => {
    await put(1);
    await put(2);
    const first = (await readAll()).records.map((record) => record.eventID);
    expect((await readAll()).records.map((record) => record.eventID)).toEqual(first);
    await openTable('NEW_IMAGE');
    await put(1);
    const second = (await readAll()).records.map((record) => record.eventID);
    expect(new Set([...first, ...second]).size).toBe(3);
  });

  it.each(['NEW_IMAGE', 'NEW_AND_OLD_IMAGES'] as const)(
    'shows no write that changed nothing, with %s',
    async (view) => {
      await openTable(view);
      const tags = { tags: { SS: ['b', 'a'] } };
      await put(1, tags);
      await put(1, tags);
      await setText(1, 'hello');
      await setText(1, 'hello');
      await remove(1);
      await put(1, tags);
      const { records, last } = await readAll();
      expect(names(records)).toEqual(['INSERT', 'MODIFY', 'REMOVE', 'INSERT']);
      expect(last).toEqual({ records: [], caughtUp: true, ended: false });
    },
  );

  it('marks what TTL has deleted, and nothing else', async () => {
    await put(1);
    await put(2);
    deletions.note(table.tableName, key(1));
    await remove(1);
    await remove(2);
    const { records } = await readAll();
    expect(records.map((record) => record.userIdentity)).toEqual([
      undefined,
      undefined,
      { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      undefined,
    ]);
  });

  it('is read in pages of 1 MB', async () => {
    for (const seq of [1, 2, 3, 4]) await put(seq, { text: { S: 'x'.repeat(380_000) } });
    const { pages } = await readAll();
    expect(pages.map((page) => page.length)).toEqual([2, 2]);
  });

  it('is read in pages of 1,000 records, and goes on after any of them', async () => {
    for (let seq = 1; seq <= 1_010; seq += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, i) => put(seq + i)));
    }
    const { pages, records } = await readAll();
    expect(pages.map((page) => page.length)).toEqual([1_000, 10]);
    const sequenceNumber = String(records[999]?.dynamodb.SequenceNumber);
    const rest = await readAll({ type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber });
    expect(rest.records).toEqual(records.slice(1_000));
  });

  it('shows only what comes later with LATEST', async () => {
    await put(1);
    const { reader, records } = await readAll({ type: 'LATEST' });
    expect(records).toEqual([]);
    await put(2);
    expect((await reader.read()).records).toMatchObject([{ dynamodb: { Keys: key(2) } }]);
  });

  it('feeds a mapping', async () => {
    const seen: string[] = [];
    const mapping = createStreamMapping({
      mapping: {
        id: 'mapping',
        uuid: 'mapping',
        functionId: 'fan-out',
        tableId: table.id,
        batchSize: 2,
        batchWindowMs: 0,
        reportBatchItemFailures: true,
        filters: [{ eventName: ['INSERT'] }],
        startingPosition: 'TRIM_HORIZON',
        maxRetryAttempts: 3,
        maxRecordAgeMs: -1,
        bisectOnError: true,
        parallelizationFactor: 1,
      },
      source,
      checkpoints: createMemoryCheckpointStore(),
      clock: systemClock,
      async invoke(_, payload) {
        const { Records } = payload as { Records: StreamRecord[] };
        seen.push(Records.map((record) => record.dynamodb.Keys.seq?.N).join(' '));
        return { status: 'returned', payload: { batchItemFailures: [] } };
      },
      onFailure: async () => {},
    });
    await put(1);
    await setText(1, 'changed');
    await put(2);
    await put(3);
    mapping.start();
    await mapping.idle();
    expect(seen).toEqual(['1 2', '3']);
    await put(4);
    await mapping.idle();
    expect(seen).toEqual(['1 2', '3', '4']);
    await mapping.stop();
  });
});
