import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { CONNECTION_LIFETIME_MS } from '../../../shared/domain/limits.ts';
import type { Member, Memberships } from '../../../shared/domain/ports.ts';
import { createFakeClock, type FakeClock, NOON } from '../../support/fake-clock.ts';
import {
  aServiceError,
  type Intercept,
  loseReplies,
  loseRequests,
} from '../../support/fault-proxy.ts';
import { type Engines, startEngines } from './engines.ts';

const EXPIRES_AT = NOON + CONNECTION_LIFETIME_MS;

let engines: Engines;
let clock: FakeClock;
let memberships: Memberships;
let roomCount = 0;
let roomId: string;

beforeAll(async () => {
  engines = await startEngines();
}, 60_000);
afterAll(() => engines?.stop());
beforeEach(() => {
  roomCount += 1;
  roomId = `room-${roomCount}`;
  clock = createFakeClock();
  memberships = createMemberships({
    client: engines.client,
    table: engines.names.MEMBERSHIPS_TABLE,
    clock,
  });
});
afterEach(() => engines.dynamoDb.intercept());

interface Joining extends Partial<Member> {
  room?: string;
  shardCount?: number;
  expiresAt?: number;
}

const join = ({
  connectionId = 'ann-1=',
  userId = 'ann',
  room = roomId,
  shardCount = 1,
  expiresAt = EXPIRES_AT,
}: Joining = {}) =>
  memberships.join({ connectionId, userId, roomId: room, joinedAt: NOON, expiresAt }, shardCount);

async function joinAll(connectionIds: readonly string[], joining: Joining = {}) {
  await Promise.all(connectionIds.map((connectionId) => join({ ...joining, connectionId })));
}

async function membersOf(room = roomId, shardCount = 1) {
  const members = await Array.fromAsync(memberships.pages(room, shardCount));
  return members.flat().toSorted((a, b) => a.connectionId.localeCompare(b.connectionId));
}
async function connectionsOf(room = roomId, shardCount = 1) {
  const pages = await Array.fromAsync(memberships.connectionPages(room, shardCount));
  return pages.flat().toSorted();
}
const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}=`);
const partitionOf = async (partition: string) => {
  const { Items } = await engines.client.send(
    new QueryCommand({
      TableName: engines.names.MEMBERSHIPS_TABLE,
      KeyConditionExpression: '#partition = :partition',
      ExpressionAttributeNames: { '#partition': 'partition' },
      ExpressionAttributeValues: { ':partition': partition },
      ConsistentRead: true,
    }),
  );
  return Items ?? [];
};

describe('joining', () => {
  it('makes a connection a member of the room, and the room one of the connection', async () => {
    await join();

    expect(await membersOf()).toEqual([{ connectionId: 'ann-1=', userId: 'ann' }]);
    expect(await connectionsOf()).toEqual(['ann-1=']);
    expect(await memberships.count(roomId, 1)).toBe(1);
    expect(await memberships.roomsOf('ann-1=', [roomId])).toEqual(new Set([roomId]));
  });

  it('twice is one membership, which lasts as long as the later one says', async () => {
    await join({ expiresAt: NOON + 1_000 });
    await join();
    clock.advance(60_000);

    expect(await membersOf()).toHaveLength(1);
  });

  it('succeeds although its reply was lost', async () => {
    engines.dynamoDb.intercept(loseReplies('TransactWriteItems', 1));

    await join();
    expect(await membersOf()).toHaveLength(1);
  });

  it('that cannot reach the table leaves neither side', async () => {
    engines.dynamoDb.intercept(loseRequests);
    await expect(join({ connectionId: 'lost=' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    engines.dynamoDb.intercept();
    expect(await membersOf()).toEqual([]);
    expect(await memberships.roomsOf('lost=', [roomId])).toEqual(new Set());
  });

  it('expires on both sides under the attribute that the table deletes by', async () => {
    await join({ connectionId: 'mortal=' });
    const TableName = engines.names.MEMBERSHIPS_TABLE;
    const table = engines.tables.find(({ tableName }) => tableName === TableName);
    const sides = [
      { partition: `room#${roomId}#0`, member: 'mortal=' },
      { partition: 'connection#mortal=', member: roomId },
    ];

    for (const Key of sides) {
      const { Item } = await engines.client.send(new GetCommand({ TableName, Key }));
      expect(Item?.[table?.ttlAttribute ?? '']).toBe(EXPIRES_AT / 1_000);
    }
  });
});

describe('leaving', () => {
  it('ends a membership on both sides, and no other', async () => {
    await join();
    await join({ connectionId: 'ben-1=', userId: 'ben' });
    await join({ room: `${roomId}-annex` });

    await memberships.leave('ann-1=', roomId);

    expect(await connectionsOf()).toEqual(['ben-1=']);
    const rooms = await memberships.roomsOf('ann-1=', [roomId, `${roomId}-annex`]);
    expect(rooms).toEqual(new Set([`${roomId}-annex`]));
  });

  it('a room that one is not in changes nothing', async () => {
    await join();

    await memberships.leave('ben-1=', roomId);
    expect(await membersOf()).toHaveLength(1);
  });

  it('finds the membership in the shard it was put in, however many there are', async () => {
    await joinAll(names('c', 8), { shardCount: 4 });

    for (const connectionId of names('c', 8)) await memberships.leave(connectionId, roomId);
    expect(await connectionsOf(roomId, 4)).toEqual([]);
  });

  it('succeeds although its reply was lost', async () => {
    await join();
    engines.dynamoDb.intercept(loseReplies('TransactWriteItems', 1));

    await memberships.leave('ann-1=', roomId);
    expect(await membersOf()).toEqual([]);
  });
});

describe('the members of a room', () => {
  it('come from all shards, once each', async () => {
    const everybody = names('c', 60);
    await joinAll(everybody, { shardCount: 4 });

    expect(await connectionsOf(roomId, 4)).toEqual(everybody);
    expect((await membersOf(roomId, 4)).map(({ connectionId }) => connectionId)).toEqual(everybody);
    expect(await memberships.count(roomId, 4)).toBe(60);
    const inFirst = await partitionOf(`room#${roomId}#0`);
    expect(inFirst.length).toBeLessThan(60);
  });

  it('include those who joined before the room had more shards', async () => {
    await joinAll(names('early', 5), { shardCount: 1 });
    await joinAll(names('late', 5), { shardCount: 4 });

    expect(await connectionsOf(roomId, 4)).toEqual([...names('early', 5), ...names('late', 5)]);
  });

  it('do not include those whose membership has expired, deleted or not', async () => {
    await join({ connectionId: 'old=', expiresAt: NOON });
    await join({ connectionId: 'new=', expiresAt: NOON + 1_000 });

    expect(await connectionsOf()).toEqual(['new=']);
    expect(await memberships.count(roomId, 1)).toBe(1);
    expect(await partitionOf(`room#${roomId}#0`)).toHaveLength(2);
  });

  it('are all found when they take more than one page of 1 MB', async () => {
    const everybody = names('c', 50);
    await joinAll(everybody, { userId: 'u'.repeat(30_000) });

    const pages = await Array.fromAsync(memberships.connectionPages(roomId, 1));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat()).toEqual(everybody);
    expect(await memberships.count(roomId, 1)).toBe(50);
  });

  it('are found behind a whole page of expired ones', async () => {
    await joinAll(names('a', 50), { userId: 'u'.repeat(30_000), expiresAt: NOON - 1_000 });
    await join({ connectionId: 'z=' });

    expect(await connectionsOf()).toEqual(['z=']);
  });

  it('do not include those of a room whose name begins with the same letters', async () => {
    await join({ room: `${roomId}0` });

    expect(await connectionsOf()).toEqual([]);
  });

  it('are read strongly consistent while the room has one shard', async () => {
    engines.dynamoDb.calls.length = 0;

    await connectionsOf(roomId, 1);
    expect(engines.dynamoDb.calls.map(({ input }) => input.ConsistentRead)).toEqual([true]);
  });
});

describe('the rooms of a connection', () => {
  it('are looked up fifty at once, those named twice included', async () => {
    const asked = Array.from({ length: 50 }, (_, index) => `${roomId}-${index}`);
    for (const room of asked.slice(0, 3)) await join({ room });

    const rooms = await memberships.roomsOf('ann-1=', [...asked, `${roomId}-0`]);
    expect(rooms).toEqual(new Set(asked.slice(0, 3)));
  });
});

describe('removing connections', () => {
  const rooms = Array.from({ length: 30 }, (_, index) => index);

  it('takes each out of all of its rooms, both sides, more than 25', async () => {
    for (const index of rooms) {
      const room = `${roomId}-${index}`;
      await joinAll(['gone-1=', 'gone-2=', 'here='], { room, shardCount: 2 });
    }

    await memberships.removeConnections(['gone-1=', 'gone-2=', 'unknown=']);

    for (const index of rooms) {
      expect(await connectionsOf(`${roomId}-${index}`, 2)).toEqual(['here=']);
    }
    expect(await partitionOf('connection#gone-1=')).toEqual([]);
    expect(await partitionOf('connection#gone-2=')).toEqual([]);
    expect(await partitionOf('connection#here=')).toHaveLength(30);
  });

  it('may be repeated', async () => {
    await joinAll(['gone=', 'here=']);

    await memberships.removeConnections(['gone=']);
    await memberships.removeConnections(['gone=']);
    expect(await connectionsOf()).toEqual(['here=']);
  });

  it('finishes what the table left unprocessed', async () => {
    for (const index of rooms) await join({ connectionId: 'slow=', room: `${roomId}-${index}` });
    engines.dynamoDb.intercept(halfOfEveryBatch);

    await memberships.removeConnections(['slow=']);

    engines.dynamoDb.intercept();
    expect(await partitionOf('connection#slow=')).toEqual([]);
    for (const index of rooms) expect(await connectionsOf(`${roomId}-${index}`)).toEqual([]);
  });

  it('that was interrupted is finished by the next one', async () => {
    for (const index of rooms) await join({ connectionId: 'torn=', room: `${roomId}-${index}` });
    let batches = 0;
    engines.dynamoDb.intercept(async (call, forward) => {
      if (call.operation !== 'BatchWriteItem') return forward();
      batches += 1;
      return batches <= 1 ? forward() : aServiceError('AccessDeniedException');
    });
    await expect(memberships.removeConnections(['torn='])).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });

    engines.dynamoDb.intercept();
    await memberships.removeConnections(['torn=']);
    expect(await partitionOf('connection#torn=')).toEqual([]);
    for (const index of rooms) expect(await connectionsOf(`${roomId}-${index}`)).toEqual([]);
  });
});

/** Carries the first half of a batch out and says so of the rest, down to the last item. */
const halfOfEveryBatch: Intercept = async (call, forward) => {
  if (call.operation !== 'BatchWriteItem') return forward();
  const table = engines.names.MEMBERSHIPS_TABLE;
  const items = (call.input.RequestItems as Record<string, object[]>)[table] ?? [];
  const done = items.slice(0, Math.ceil(items.length / 2));
  const left = items.slice(done.length);
  const { status } = await forward({ RequestItems: { [table]: done } });
  return { status, body: { UnprocessedItems: left.length === 0 ? {} : { [table]: left } } };
};
