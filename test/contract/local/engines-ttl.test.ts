import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynamoDb } from '../../../local/engines/dynamodb.ts';
import { provisionTables } from '../../../local/engines/provision-tables.ts';
import { createTtlDeletions } from '../../../local/engines/ttl-deletions.ts';
import { createTtlSweeper } from '../../../local/engines/ttl-sweeper.ts';
import {
  createCleanup,
  createDataDir,
  createDynamoDbClient,
  membershipsTable,
  messagesTable,
  neverExits,
  roomsTable,
} from './engines-support.ts';

const NOW_SECONDS = 1_795_000_000;
const NOW_MS = NOW_SECONDS * 1_000;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

const cleanup = createCleanup();
const tables = [messagesTable, membershipsTable, roomsTable];
let client: DynamoDBClient;
let roomCount = 0;
let roomId: string;

beforeAll(async () => {
  const engine = await startDynamoDb({ dataDir: createDataDir(cleanup), onExit: neverExits });
  cleanup.defer(engine.stop);
  client = createDynamoDbClient(cleanup, engine.endpoint);
  await provisionTables(client, tables);
});
afterAll(() => cleanup.run());
beforeEach(() => {
  roomCount += 1;
  roomId = `room-${roomCount}`;
});

const key = (seq: number) => ({ roomId: { S: roomId }, seq: { N: String(seq) } });
const put = (seq: number, expiresAt?: { N: string } | { S: string }) =>
  client.send(
    new PutItemCommand({
      TableName: 'Messages',
      Item: { ...key(seq), ...(expiresAt && { expiresAt }) },
    }),
  );
const exists = async (seq: number) =>
  (await client.send(new GetItemCommand({ TableName: 'Messages', Key: key(seq) }))).Item !==
  undefined;

const manualClock = () => {
  const due: (() => void)[] = [];
  return {
    now: () => NOW_MS,
    after: (_delayMs: number, callback: () => void) => {
      due.push(callback);
      return () => due.splice(due.indexOf(callback), 1);
    },
    due,
  };
};
const createSweeper = (overrides: Partial<Parameters<typeof createTtlSweeper>[0]> = {}) =>
  createTtlSweeper({
    tables,
    client,
    clock: manualClock(),
    deletions: createTtlDeletions(),
    onProblem: neverExits,
    ...overrides,
  });

describe('the TTL sweeper', () => {
  it.each([
    { description: 'has just expired', expiresAt: { N: String(NOW_SECONDS) }, kept: false },
    { description: 'expires in a second', expiresAt: { N: String(NOW_SECONDS + 1) }, kept: true },
    {
      description: 'expired more than five years ago',
      expiresAt: { N: String(NOW_SECONDS - 5 * YEAR_SECONDS) },
      kept: true,
    },
    {
      description: 'has text where the time should be',
      expiresAt: { S: String(NOW_SECONDS - 60) },
      kept: true,
    },
    { description: 'has no expiry', expiresAt: undefined, kept: true },
  ])('with a row that $description: kept = $kept', async ({ expiresAt, kept }) => {
    await put(1, expiresAt);
    await createSweeper().sweepOnce(NOW_MS);
    expect(await exists(1)).toBe(kept);
  });

  it('pages through a table, and tells how many rows it deleted', async () => {
    // The expired rows are the last of the room, beyond the first page.
    const rows = Array.from({ length: 1_100 }, (_, index) => index + 1);
    const expiryOf = (seq: number) => ({ N: String(NOW_SECONDS + (seq <= 600 ? 60 : -60)) });
    for (let first = 0; first < rows.length; first += 50) {
      await Promise.all(rows.slice(first, first + 50).map((seq) => put(seq, expiryOf(seq))));
    }
    expect(await createSweeper().sweepOnce(NOW_MS)).toBe(500);
    expect(await createSweeper().sweepOnce(NOW_MS)).toBe(0);
  });

  it('lets a row live that is renewed after it was read', async () => {
    await put(1, { N: String(NOW_SECONDS - 1) });
    const deletions = createTtlDeletions();
    let renewed = false;
    const renewing: DynamoDBClient = Object.create(client, {
      send: {
        value: async (command: unknown) => {
          if (Reflect.get(Object(command), 'constructor').name === 'DeleteItemCommand') {
            renewed = true;
            await client.send(
              new UpdateItemCommand({
                TableName: 'Messages',
                Key: key(1),
                UpdateExpression: 'SET expiresAt = :later',
                ExpressionAttributeValues: { ':later': { N: String(NOW_SECONDS + 3_600) } },
              }),
            );
          }
          return Reflect.apply(client.send, client, [command]);
        },
      },
    });
    expect(await createSweeper({ client: renewing, deletions }).sweepOnce(NOW_MS)).toBe(0);
    expect(renewed).toBe(true);
    expect(await exists(1)).toBe(true);
    expect(deletions.claim('Messages', key(1))).toBe(false);
  });

  it('notes what it deletes from a table with a stream, once', async () => {
    await put(1, { N: String(NOW_SECONDS - 1) });
    const deletions = createTtlDeletions();
    await createSweeper({ deletions }).sweepOnce(NOW_MS);
    const reordered = { seq: { N: '1' }, roomId: { S: roomId } };
    expect(deletions.claim('Rooms', reordered)).toBe(false);
    expect(deletions.claim('Messages', reordered)).toBe(true);
    expect(deletions.claim('Messages', reordered)).toBe(false);
  });

  it('reports a failed sweep and goes on at the next interval', async () => {
    const clock = manualClock();
    const problems: string[] = [];
    const missing = { ...messagesTable, tableName: 'NoSuchTable' };
    const reported = new Promise<void>((resolve) => {
      const sweeper = createSweeper({
        tables: [missing],
        clock,
        onProblem: (problem) => {
          problems.push(problem);
          resolve();
        },
      });
      cleanup.defer(sweeper.stop);
      sweeper.start();
      sweeper.start();
      expect(clock.due).toHaveLength(1);
      clock.due.shift()?.();
    });
    await reported;
    await new Promise(setImmediate);
    expect(problems).toEqual([expect.stringContaining('The TTL sweep failed')]);
    expect(clock.due).toHaveLength(1);
  });
});
