import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aServiceError, type Intercept, loseReplies } from '../../support/fault-proxy.ts';
import { type Engines, startEngines } from './engines.ts';
import { createMembershipsFixture, type MembershipsFixture } from './memberships-fixture.ts';

let engines: Engines;
let fixture: MembershipsFixture;
let testCount = 0;
/** More rooms than one request of DynamoDB takes items. */
let rooms: string[];

beforeAll(async () => {
  engines = await startEngines();
}, 60_000);
afterAll(() => engines?.stop());
beforeEach(() => {
  testCount += 1;
  rooms = Array.from({ length: 30 }, (_, index) => `room-${testCount}-${index}`);
  fixture = createMembershipsFixture(engines, 'unused');
});
afterEach(() => engines.dynamoDb.intercept());

/** Every connection joins every room, in two shards. */
async function joinAllRooms(...connectionIds: string[]) {
  for (const roomId of rooms) await fixture.joinAll(connectionIds, { roomId, shardCount: 2 });
}
async function everyRoomHolds(...connectionIds: string[]) {
  for (const roomId of rooms) {
    expect(await fixture.connectionsOf(roomId, 2)).toEqual(connectionIds);
  }
}
const remove = (...connectionIds: string[]) => fixture.memberships.removeConnections(connectionIds);
const roomsOf = async (connectionId: string) =>
  (await fixture.partitionOf(`connection#${connectionId}`)).length;

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

describe('removing connections', () => {
  it('takes each out of all of its rooms, both sides, more than 25, and no others', async () => {
    await joinAllRooms('gone-1=', 'gone-2=', 'here=');

    await remove('gone-1=', 'gone-2=', 'unknown=');

    await everyRoomHolds('here=');
    expect(await roomsOf('gone-1=')).toBe(0);
    expect(await roomsOf('gone-2=')).toBe(0);
    expect(await roomsOf('here=')).toBe(30);
  });

  it('may be repeated', async () => {
    await joinAllRooms('again=');

    await remove('again=');
    await remove('again=');
    await everyRoomHolds();
  });

  it('succeeds although replies were lost', async () => {
    await joinAllRooms('lost=');
    engines.dynamoDb.intercept(loseReplies('BatchWriteItem', 1));

    await remove('lost=');
    await everyRoomHolds();
  });

  it('finishes what the table left unprocessed', async () => {
    await joinAllRooms('slow=');
    engines.dynamoDb.intercept(halfOfEveryBatch);

    await remove('slow=');

    engines.dynamoDb.intercept();
    await everyRoomHolds();
    expect(await roomsOf('slow=')).toBe(0);
  });

  it.each([0, 1, 2, 3])(
    'is finished by the next one when it was interrupted after %i batches',
    async (done) => {
      const connectionId = `torn-${done}=`;
      await joinAllRooms(connectionId);
      let batches = 0;
      engines.dynamoDb.intercept(async (call, forward) => {
        if (call.operation !== 'BatchWriteItem') return forward();
        batches += 1;
        return batches <= done ? forward() : aServiceError('AccessDeniedException');
      });
      await expect(remove(connectionId)).rejects.toMatchObject({ name: 'AccessDeniedException' });

      engines.dynamoDb.intercept();
      await remove(connectionId);
      await everyRoomHolds();
      expect(await roomsOf(connectionId)).toBe(0);
    },
  );
});
