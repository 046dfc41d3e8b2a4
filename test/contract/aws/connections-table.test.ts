import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createConnections } from '../../../shared/aws/connections-table.ts';
import { CONNECTION_LIFETIME_MS } from '../../../shared/domain/limits.ts';
import type { Connections } from '../../../shared/domain/ports.ts';
import { NOON } from '../../support/fake-clock.ts';
import { loseReplies, loseRequests } from '../../support/fault-proxy.ts';
import { type Engines, startEngines } from './engines.ts';

let engines: Engines;
let connections: Connections;
let testCount = 0;

beforeAll(async () => {
  engines = await startEngines();
  const table = engines.names.CONNECTIONS_TABLE;
  connections = createConnections({ client: engines.client, table });
}, 60_000);
afterAll(() => engines?.stop());
beforeEach(() => {
  testCount += 1;
});
afterEach(() => engines.dynamoDb.intercept());

/** Connection ids of this test only. */
const ids = (count: number) =>
  Array.from({ length: count }, (_, index) => `c-${testCount}-${index}=`);

const add = (connectionId: string, connectedAt = NOON) =>
  connections.add({ connectionId, userId: 'ann', connectedAt });

async function addAll(connectionIds: readonly string[]) {
  for (const connectionId of connectionIds) await add(connectionId);
}

describe('connections', () => {
  it('are known since they were added; unknown ones are absent', async () => {
    const [known = '', unknown = ''] = ids(2);
    await add(known, NOON + 5);

    expect(await connections.connectedAt([known, unknown])).toEqual(new Map([[known, NOON + 5]]));
  });

  it('are found more than a hundred at once, those named twice included', async () => {
    const many = ids(120);
    await addAll(many);

    const found = await connections.connectedAt([...many.slice(0, 5), ...many]);
    expect([...found.keys()].toSorted()).toEqual(many.toSorted());
  });

  it('are removed more than 25 at once, those named twice included, and no others', async () => {
    const many = ids(60);
    await addAll(many);
    const gone = many.slice(1);

    await connections.remove([...gone.slice(0, 5), ...gone]);
    expect([...(await connections.connectedAt(many)).keys()]).toEqual(many.slice(0, 1));
  });

  it('may be removed again, and when they never were there', async () => {
    await addAll(ids(1));

    await connections.remove(ids(2));
    await connections.remove(ids(2));
    expect(await connections.connectedAt(ids(2))).toEqual(new Map());
  });

  it('are removed although the reply was lost', async () => {
    await addAll(ids(1));
    engines.dynamoDb.intercept(loseReplies('BatchWriteItem', 1));

    await connections.remove(ids(1));
    expect(await connections.connectedAt(ids(1))).toEqual(new Map());
  });

  it('are read page by page, once each', async () => {
    const mine = ids(7);
    await addAll(mine);

    const found: string[] = [];
    let next: string | undefined;
    do {
      const page = await connections.page(3, next);
      expect(page.connections.length).toBeLessThanOrEqual(3);
      found.push(...page.connections.map(({ connectionId }) => connectionId));
      next = page.next;
    } while (next !== undefined);

    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(mine));
  });

  it('take no call when none is named', async () => {
    engines.dynamoDb.calls.length = 0;

    await connections.remove([]);
    expect(await connections.connectedAt([])).toEqual(new Map());
    expect(engines.dynamoDb.calls).toEqual([]);
  });

  it('expire under the attribute that the table deletes by, not before they must be closed', async () => {
    const [connectionId = ''] = ids(1);
    await add(connectionId, NOON + 1);
    const TableName = engines.names.CONNECTIONS_TABLE;
    const table = engines.tables.find(({ tableName }) => tableName === TableName);

    const { Item } = await engines.client.send(
      new GetCommand({ TableName, Key: { connectionId }, ConsistentRead: true }),
    );
    const seconds = Math.ceil((NOON + 1 + CONNECTION_LIFETIME_MS) / 1_000);
    expect(Item).toMatchObject({ userId: 'ann', [table?.ttlAttribute ?? '']: seconds });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['added', () => add('lost=')],
    ['removed', () => connections.remove(['lost='])],
    ['looked up', () => connections.connectedAt(['lost='])],
  ])(
    'cannot be %s while the table is out of reach, and that is UNAVAILABLE',
    async (_what, act) => {
      engines.dynamoDb.intercept(loseRequests);

      await expect(act()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    },
  );
});
