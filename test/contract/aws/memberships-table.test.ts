import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Memberships } from '../../../shared/domain/ports.ts';
import { shardOf } from '../../../shared/domain/shard.ts';
import { NOON } from '../../support/fake-clock.ts';
import { loseReplies, loseRequests } from '../../support/fault-proxy.ts';
import { type Engines, startEngines } from './engines.ts';
import {
  collect,
  connectionIds,
  createMembershipsFixture,
  EXPIRES_AT,
  type MembershipsFixture,
} from './memberships-fixture.ts';

/** Thirty-odd of these make a page of 1 MB. */
const LARGE_USER_ID = 'u'.repeat(30_000);

let engines: Engines;
let memberships: Memberships;
let fixture: MembershipsFixture;
let roomCount = 0;
let roomId: string;

beforeAll(async () => {
  engines = await startEngines();
}, 60_000);
afterAll(() => engines?.stop());
beforeEach(() => {
  roomCount += 1;
  roomId = `room-${roomCount}`;
  fixture = createMembershipsFixture(engines, roomId);
  memberships = fixture.memberships;
});
afterEach(() => engines.dynamoDb.intercept());

async function membersOf(shardCount = 1) {
  const members = (await collect(memberships.pages(roomId, shardCount))).flat();
  return members.toSorted((a, b) => a.connectionId.localeCompare(b.connectionId));
}

describe('joining', () => {
  it('makes a connection a member of the room, and the room one of the connection', async () => {
    await fixture.join();

    expect(await membersOf()).toEqual([{ connectionId: 'ann-1=', userId: 'ann' }]);
    expect(await fixture.connectionsOf(roomId)).toEqual(['ann-1=']);
    expect(await memberships.count(roomId, 1)).toBe(1);
    expect(await memberships.roomsOf('ann-1=', [roomId])).toEqual(new Set([roomId]));
  });

  it('twice is one membership, which lasts as long as the later one says', async () => {
    await fixture.join({ expiresAt: NOON + 1_000 });
    await fixture.join();
    fixture.clock.advance(60_000);

    expect(await membersOf()).toHaveLength(1);
  });

  it('succeeds although its reply was lost', async () => {
    engines.dynamoDb.intercept(loseReplies('TransactWriteItems', 1));

    await fixture.join();
    expect(await membersOf()).toHaveLength(1);
  });

  it('that cannot reach the table leaves neither side', async () => {
    const connectionId = 'lost=';
    engines.dynamoDb.intercept(loseRequests);
    await expect(fixture.join({ connectionId })).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    engines.dynamoDb.intercept();
    expect(await membersOf()).toEqual([]);
    expect(await memberships.roomsOf(connectionId, [roomId])).toEqual(new Set());
  });

  it('expires on both sides under the attribute that the table deletes by', async () => {
    await fixture.join({ connectionId: 'mortal=' });
    const TableName = engines.names.MEMBERSHIPS_TABLE;
    const table = engines.tables.find(({ tableName }) => tableName === TableName);

    for (const Key of [
      { partition: `room#${roomId}#0`, member: 'mortal=' },
      { partition: 'connection#mortal=', member: roomId },
    ]) {
      const get = new GetCommand({ TableName, Key, ConsistentRead: true });
      const { Item } = await engines.client.send(get);
      expect(Item?.[table?.ttlAttribute ?? '']).toBe(EXPIRES_AT / 1_000);
    }
  });
});

describe('joining again after the room has grown', () => {
  /** Goes to shard 3 of 4, and stands in shard 0 of 1. */
  const connectionId = connectionIds('c', 50).find((id) => shardOf(id, 4) === 3) ?? '';
  const rowsIn = async (shard: number) => fixture.partitionOf(`room#${roomId}#${shard}`);
  const later = EXPIRES_AT + 60_000;

  beforeEach(async () => {
    await fixture.join({ connectionId });
    await fixture.join({ connectionId, shardCount: 4, expiresAt: later });
  });

  it('leaves the membership in its shard, to be listed and counted once', async () => {
    expect(await fixture.connectionsOf(roomId, 4)).toEqual([connectionId]);
    expect(await memberships.count(roomId, 4)).toBe(1);
    expect(await rowsIn(0)).toMatchObject([{ shard: 0, expiresAt: later / 1_000 }]);
    expect(await rowsIn(3)).toEqual([]);
  });

  it('is undone by leaving once', async () => {
    await memberships.leave(connectionId, roomId);

    expect(await fixture.connectionsOf(roomId, 4)).toEqual([]);
    expect(await memberships.roomsOf(connectionId, [roomId])).toEqual(new Set());
  });

  it('is undone when the connection is gone', async () => {
    await memberships.removeConnections([connectionId]);

    expect(await fixture.connectionsOf(roomId, 4)).toEqual([]);
    expect(await memberships.roomsOf(connectionId, [roomId])).toEqual(new Set());
  });

  it('takes the new shard after leaving', async () => {
    await memberships.leave(connectionId, roomId);
    await fixture.join({ connectionId, shardCount: 4 });

    expect(await rowsIn(0)).toEqual([]);
    expect(await rowsIn(3)).toMatchObject([{ shard: 3 }]);
  });

  it('does not confuse a leave that read where the membership stood before', async () => {
    let isFirst = true;
    engines.dynamoDb.intercept(async ({ operation }, forward) => {
      if (operation === 'TransactWriteItems' && isFirst) {
        isFirst = false;
        await memberships.leave(connectionId, roomId);
        await fixture.join({ connectionId, shardCount: 4 });
      }
      return forward();
    });

    await memberships.leave(connectionId, roomId);
    expect(await fixture.connectionsOf(roomId, 4)).toEqual([]);
    expect(await memberships.roomsOf(connectionId, [roomId])).toEqual(new Set());
  });

  it('is one membership, whichever of several at once comes first', async () => {
    const racer = 'racer=';
    const joins = [1, 2, 4, 8, 16].map((shardCount) =>
      fixture.join({ connectionId: racer, shardCount }),
    );
    const outcomes = await Promise.allSettled(joins);

    // A transaction may meet another: then its client tries again.
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).not.toEqual([]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
      }
    }
    const [side] = await fixture.partitionOf(`connection#${racer}`);
    const shards = await Promise.all(Array.from({ length: 16 }, (_, shard) => rowsIn(shard)));
    const standing = shards.flat().filter(({ member }) => member === racer);
    expect(standing).toMatchObject([{ shard: side?.shard }]);
  });
});

describe('leaving', () => {
  it('ends a membership on both sides, and no other', async () => {
    const annex = `${roomId}-annex`;
    await fixture.join();
    await fixture.join({ connectionId: 'ben-1=', userId: 'ben' });
    await fixture.join({ roomId: annex });

    await memberships.leave('ann-1=', roomId);

    expect(await fixture.connectionsOf(roomId)).toEqual(['ben-1=']);
    expect(await memberships.roomsOf('ann-1=', [roomId, annex])).toEqual(new Set([annex]));
  });

  it('a room that one is not in changes nothing', async () => {
    await fixture.join();

    await memberships.leave('ben-1=', roomId);
    expect(await membersOf()).toHaveLength(1);
  });

  it('finds the membership in whichever shard it was put', async () => {
    const everybody = connectionIds('c', 8);
    await fixture.joinAll(everybody, { shardCount: 4 });

    for (const connectionId of everybody) await memberships.leave(connectionId, roomId);
    expect(await membersOf(4)).toEqual([]);
  });

  it('succeeds although its reply was lost', async () => {
    await fixture.join();
    engines.dynamoDb.intercept(loseReplies('TransactWriteItems', 1));

    await memberships.leave('ann-1=', roomId);
    expect(await membersOf()).toEqual([]);
  });
});

describe('the members of a room', () => {
  it('come from all shards, once each', async () => {
    const everybody = connectionIds('c', 60);
    await fixture.joinAll(everybody, { shardCount: 4 });

    expect(await fixture.connectionsOf(roomId, 4)).toEqual(everybody);
    expect((await membersOf(4)).map(({ connectionId }) => connectionId)).toEqual(everybody);
    expect(await memberships.count(roomId, 4)).toBe(60);
    for (const shard of [0, 1, 2, 3]) {
      expect(await fixture.partitionOf(`room#${roomId}#${shard}`)).not.toEqual([]);
    }
  });

  it('include those who joined before the room had more shards', async () => {
    const early = connectionIds('early', 5);
    const late = connectionIds('late', 5);
    await fixture.joinAll(early, { shardCount: 1 });
    await fixture.joinAll(late, { shardCount: 4 });

    expect(await fixture.connectionsOf(roomId, 4)).toEqual([...early, ...late]);
  });

  it('do not include those whose membership has expired, deleted or not', async () => {
    await fixture.join({ connectionId: 'old=', expiresAt: NOON });
    await fixture.join({ connectionId: 'new=', expiresAt: NOON + 1_000 });

    expect(await fixture.connectionsOf(roomId)).toEqual(['new=']);
    expect(await memberships.count(roomId, 1)).toBe(1);
    expect(await fixture.partitionOf(`room#${roomId}#0`)).toHaveLength(2);
  });

  it('are all found when they take more than one page of 1 MB', async () => {
    const everybody = connectionIds('c', 50);
    await fixture.joinAll(everybody, { userId: LARGE_USER_ID });

    const pages = await collect(memberships.connectionPages(roomId, { first: 0, end: 1 }));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat()).toEqual(everybody);
    expect(await memberships.count(roomId, 1)).toBe(50);
  });

  it('are found behind a whole page of expired ones', async () => {
    const expiresAt = NOON - 1_000;
    await fixture.joinAll(connectionIds('a', 50), { userId: LARGE_USER_ID, expiresAt });
    await fixture.join({ connectionId: 'z=' });

    expect(await fixture.connectionsOf(roomId)).toEqual(['z=']);
  });

  it('do not include those of a room whose name begins with the same letters', async () => {
    await fixture.join({ roomId: `${roomId}0` });

    expect(await membersOf()).toEqual([]);
  });

  it('are read strongly consistent while the room has one shard', async () => {
    engines.dynamoDb.calls.length = 0;

    await membersOf(1);
    expect(engines.dynamoDb.calls.map(({ input }) => input.ConsistentRead)).toEqual([true]);
  });

  it('are counted without being sent', async () => {
    await fixture.join();
    engines.dynamoDb.calls.length = 0;

    expect(await memberships.count(roomId, 1)).toBe(1);
    expect(engines.dynamoDb.calls).toMatchObject([{ input: { Select: 'COUNT' } }]);
  });
});

describe('the connections of a room, as the fan-out reads them', () => {
  it('are strongly consistent in any number of shards, and first of all few', async () => {
    engines.dynamoDb.calls.length = 0;
    await fixture.connectionsOf(roomId, 8);

    const inputs = engines.dynamoDb.calls.map(({ input }) => input);
    expect(inputs).toHaveLength(8);
    for (const input of inputs) expect(input).toMatchObject({ ConsistentRead: true, Limit: 1_000 });
  });

  it('are those of some shards when only these are asked for', async () => {
    const everybody = connectionIds('c', 40);
    await fixture.joinAll(everybody, { shardCount: 8 });

    const parts = [
      await collect(memberships.connectionPages(roomId, { first: 0, end: 3 })),
      await collect(memberships.connectionPages(roomId, { first: 3, end: 8 })),
    ];
    expect(parts.flat(2).toSorted()).toEqual(everybody);
    expect(parts.map((part) => part.flat().length)).not.toContain(0);
  });
});

describe('members up to a number', () => {
  it('are all of a room that has no more, with the time they joined', async () => {
    await fixture.join();

    const ann = { connectionId: 'ann-1=', userId: 'ann', joinedAt: NOON };
    expect(await memberships.membersUpTo(roomId, 1, 10)).toEqual([ann]);
  });

  it.each([1, 4])('are no more than that of a larger room of %i shards', async (shardCount) => {
    const everybody = connectionIds('c', 30);
    await fixture.joinAll(everybody, { shardCount });

    const members = await memberships.membersUpTo(roomId, shardCount, 12);
    const ids = members.map(({ connectionId }) => connectionId);
    expect(new Set(ids).size).toBe(12);
    expect(everybody).toEqual(expect.arrayContaining(ids));
  });

  it('are found behind expired ones', async () => {
    await fixture.joinAll(connectionIds('a', 5), { expiresAt: NOON });
    await fixture.joinAll(connectionIds('b', 3));

    const members = await memberships.membersUpTo(roomId, 1, 3);
    expect(members.map(({ connectionId }) => connectionId)).toEqual(connectionIds('b', 3));
  });
});

describe('the rooms of a connection', () => {
  it('are looked up fifty at once, those named twice included', async () => {
    const asked = Array.from({ length: 50 }, (_, index) => `${roomId}-${index}`);
    const joined = asked.slice(0, 3);
    for (const room of joined) await fixture.join({ roomId: room });

    const rooms = await memberships.roomsOf('ann-1=', [...asked, ...joined]);
    expect(rooms).toEqual(new Set(joined));
  });
});
