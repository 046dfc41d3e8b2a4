import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { messagesTable, roomsTable } from '../../contract/local/engines-support.ts';
import { createFakeClock, type FakeClock, NOON } from '../../support/fake-clock.ts';
import type { RequestFate } from './simulated-client.ts';
import { createSimulatedTables, type SimulatedTables } from './tables.ts';

const TableName = 'Messages';
const EXPIRES_AT = NOON / 1000 + 60;

let clock: FakeClock;
let tables: SimulatedTables;
/** What becomes of the next requests, one after the other; then everything is well. */
let fates: RequestFate[];
let turns: string[];
let client: DynamoDBDocumentClient;

beforeEach(() => {
  clock = createFakeClock();
  tables = createSimulatedTables({
    tables: [messagesTable, roomsTable],
    clock,
    pageBytes: 200,
  });
  fates = [];
  turns = [];
  client = tables.client(async (name) => {
    turns.push(name);
    return fates.shift() ?? 'ok';
  });
});

const row = (seq: number, text = 'hello') => ({
  roomId: 'lobby',
  seq,
  text,
  expiresAt: EXPIRES_AT,
});
const put = (seq: number, text?: string) =>
  client.send(new PutCommand({ TableName, Item: row(seq, text) }));
const get = (seq: number, ConsistentRead?: boolean) =>
  client.send(new GetCommand({ TableName, Key: { roomId: 'lobby', seq }, ConsistentRead }));
const count = () =>
  client.send(
    new UpdateCommand({
      TableName: 'Rooms',
      Key: { roomId: 'lobby' },
      UpdateExpression: 'ADD head :one',
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );
const transact = (...items: object[]) =>
  client.send(
    new TransactWriteCommand({
      TransactItems: items.map((Item) => ({
        Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(roomId)' },
      })) as never,
    }),
  );
const stored = () => tables.itemsOf(TableName).map(({ seq }) => seq);
const head = () => tables.itemsOf('Rooms')[0]?.head;

describe('a request', () => {
  it.each<[string, RequestFate, string]>([
    ['is throttled', 'throttle', 'ThrottlingException'],
    ['fails on the way in', 'fail-before', 'InternalServerError'],
    ['gets lost', 'lose-request', 'TimeoutError'],
    ['meets a transaction', 'conflict', 'TransactionConflictException'],
    ['is denied', { error: Object.assign(new Error(), { name: 'Denied' }) }, 'Denied'],
  ])('that %s has no effect', async (_title, fate, name) => {
    fates = [fate, fate];

    await expect(count()).rejects.toMatchObject({ name });
    expect(head()).toBeUndefined();
  });

  it('whose reply is lost has its effect, and the repetition of the SDK another', async () => {
    fates = ['lose-reply'];

    await count();
    expect(head()).toBe(2);
    expect(turns).toEqual(['UpdateItem', 'UpdateItem']);
  });

  it('may outlive its caller', async () => {
    const arrival = Promise.withResolvers<void>();
    fates = [{ arrives: arrival.promise }, 'lose-request'];
    await expect(count()).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(head()).toBeUndefined();

    arrival.resolve();
    await arrival.promise;
    expect(head()).toBe(1);
  });

  it('goes on when its caller has given it up', async () => {
    const expiry = new AbortController();
    const turn = Promise.withResolvers<RequestFate>();
    const impatient = tables.client(() => turn.promise);
    const sent = impatient.send(new PutCommand({ TableName, Item: row(1) }), {
      abortSignal: expiry.signal,
    });
    expiry.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    expect(stored()).toEqual([]);

    turn.resolve('ok');
    await turn.promise;
    expect(stored()).toEqual([1]);
  });

  it('that is throttled is repeated, a conflict is not', async () => {
    fates = ['throttle'];
    await put(1);
    fates = ['conflict'];
    await expect(put(2)).rejects.toMatchObject({ name: 'TransactionConflictException' });

    expect(turns).toHaveLength(3);
  });

  it.each([
    ['a command', new PutCommand({ TableName, Item: {}, Expected: {} }), 'Expected of PutItem'],
    [
      'an expression',
      new PutCommand({ TableName, Item: row(1), ConditionExpression: 'size(a) > :one' }),
      'cannot read',
    ],
    [
      'a path',
      new PutCommand({ TableName, Item: row(1), ConditionExpression: 'attribute_exists(a.b)' }),
      'cannot read',
    ],
  ])('is refused when %s is not known here', async (_title, command, message) => {
    await expect(client.send(command)).rejects.toThrow(message);
  });
});

describe('a transaction', () => {
  it('writes everything or nothing', async () => {
    await put(2);

    await expect(transact(row(1), row(2))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
    });
    expect(stored()).toEqual([2]);
  });

  it('that the SDK repeats after a lost reply is one', async () => {
    fates = ['lose-reply'];

    await transact(row(1), row(2));
    expect(tables.streamOf(TableName).records).toHaveLength(2);
  });

  it('may meet another', async () => {
    fates = ['conflict'];

    await expect(transact(row(1), row(2))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
    });
    expect(stored()).toEqual([]);
  });

  it('is remembered by its token for ten minutes', async () => {
    const command = new TransactWriteCommand({
      ClientRequestToken: 'token',
      TransactItems: [
        {
          Update: {
            TableName: 'Rooms',
            Key: { roomId: 'lobby' },
            UpdateExpression: 'ADD head :one',
            ExpressionAttributeValues: { ':one': 1 },
          },
        },
      ],
    });
    await client.send(command);
    clock.advance(10 * 60_000 - 1);
    await client.send(command);
    expect(head()).toBe(1);

    clock.advance(1);
    await client.send(command);
    expect(head()).toBe(2);
  });
});

describe('a batch', () => {
  it('may leave half of it over', async () => {
    for (const seq of [1, 2, 3]) await put(seq);
    const Keys = [1, 2, 3].map((seq) => ({ roomId: 'lobby', seq }));
    fates = ['partial', 'partial'];

    const read = await client.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
    );
    const written = await client.send(
      new BatchWriteCommand({
        RequestItems: { [TableName]: Keys.map((Key) => ({ DeleteRequest: { Key } })) },
      }),
    );

    expect(read.Responses?.[TableName]).toHaveLength(2);
    expect(read.UnprocessedKeys?.[TableName]).toEqual({
      Keys: Keys.slice(2),
      ConsistentRead: true,
    });
    expect(written.UnprocessedItems).toEqual({
      [TableName]: [{ DeleteRequest: { Key: Keys[2] } }],
    });
    expect(stored()).toEqual([3]);
  });
});

describe('a read that is not strongly consistent', () => {
  it('may see what stood there before the last write, for a second', async () => {
    await put(1, 'old');
    await put(1, 'new');
    const text = async (consistent?: boolean) => {
      fates = ['stale'];
      return (await get(1, consistent)).Item?.text;
    };

    expect(await text()).toBe('old');
    expect(await text(true)).toBe('new');
    clock.advance(1_000);
    expect(await text()).toBe('new');
  });

  it('may miss what is new and find what is gone', async () => {
    await put(1);
    clock.advance(5_000);
    await put(2);
    await client.send(
      new BatchWriteCommand({
        RequestItems: { [TableName]: [{ DeleteRequest: { Key: { roomId: 'lobby', seq: 1 } } }] },
      }),
    );
    fates = ['stale'];

    const { Items } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'roomId = :room',
        ExpressionAttributeValues: { ':room': 'lobby' },
      }),
    );
    expect(Items?.map(({ seq }) => seq)).toEqual([1]);
  });
});

it('cuts a page where it is told to', async () => {
  for (let seq = 1; seq <= 20; seq += 1) await put(seq);
  const pages: unknown[][] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'roomId = :room',
        ExpressionAttributeValues: { ':room': 'lobby' },
        ExclusiveStartKey: start,
      }),
    );
    pages.push(Items.map(({ seq }) => seq));
    start = LastEvaluatedKey;
  } while (start !== undefined);

  expect(pages.length).toBeGreaterThan(3);
  expect(pages.flat()).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

it('deletes what has expired when it is swept, not before, and says who did it', async () => {
  await put(1);
  clock.advance(60_000);
  expect((await get(1)).Item).toMatchObject({ seq: 1 });

  expect(tables.sweepExpired()).toBe(1);
  expect(stored()).toEqual([]);
  expect(tables.streamOf(TableName).records.at(-1)).toMatchObject({
    eventName: 'REMOVE',
    userIdentity: { principalId: 'dynamodb.amazonaws.com' },
  });
});
