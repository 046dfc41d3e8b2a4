import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createRooms, createSequencer } from '../../../shared/aws/rooms-table.ts';
import { emptyRoom } from '../../../shared/domain/room.ts';
import { createFakeClock, type FakeClock, NOON } from '../../support/fake-clock.ts';
import { aServiceError, fail, loseReplies, loseRequests } from '../../support/fault-proxy.ts';
import { DAY_MS } from '../../support/log-entries.ts';
import { type Engines, startEngines } from './engines.ts';

const RETENTION_MS = 30 * DAY_MS;

let engines: Engines;
let clock: FakeClock;
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
});
afterEach(() => engines.dynamoDb.intercept());

const aSequencer = (client = engines.client) =>
  createSequencer({
    client,
    table: engines.names.ROOMS_TABLE,
    clock,
    windowMaxMs: 2_000,
    retentionMs: RETENTION_MS,
  });
const rooms = () => createRooms({ client: engines.client, table: engines.names.ROOMS_TABLE });

async function give(count: number) {
  const sequencer = aSequencer();
  for (let given = 0; given < count; given += 1) await sequencer.next(roomId);
}

const throttledBy = (reason: string) => ({
  throttlingReasons: [{ reason, resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Rooms' }],
});

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b);

describe('the sequencer', () => {
  it('begins a room at 1 and dates it', async () => {
    const room = await aSequencer().next(roomId);

    expect(room).toEqual({ ...emptyRoom(roomId), head: 1, headAt: NOON, createdAt: NOON });
  });

  it('gives out consecutive numbers to 50 concurrent callers', async () => {
    const sequencer = aSequencer(engines.patientClient);

    const given = await Promise.all(upTo(50).map(() => sequencer.next(roomId)));

    expect(ascending(given.map(({ head }) => head))).toEqual(upTo(50));
  });

  it('dates the head with every number and the room only once', async () => {
    await give(1);
    clock.advance(5_000);

    const room = await aSequencer().next(roomId);

    expect(room).toMatchObject({ head: 2, headAt: NOON + 5_000, createdAt: NOON, floor: 0 });
  });

  it('goes on counting, and moves the floor up, after a silence as long as the retention', async () => {
    await give(3);
    clock.advance(RETENTION_MS);

    const room = await aSequencer().next(roomId);

    expect(room).toMatchObject({
      head: 4,
      floor: 3,
      headAt: NOON + RETENTION_MS,
      createdAt: NOON,
    });
    expect(await aSequencer().next(roomId)).toMatchObject({ head: 5, floor: 3 });
  });

  it('leaves the floor where it is while the last message may still be kept', async () => {
    await give(3);
    clock.advance(RETENTION_MS - 1);

    expect(await aSequencer().next(roomId)).toMatchObject({ head: 4, floor: 0 });
  });

  it('moves the floor up once when many end the silence together', async () => {
    await give(3);
    clock.advance(RETENTION_MS);
    const sequencer = aSequencer(engines.patientClient);

    const given = await Promise.all(upTo(20).map(() => sequencer.next(roomId)));

    expect(ascending(given.map(({ head }) => head))).toEqual(upTo(23, 4));
    expect(new Set(given.map(({ floor }) => floor))).toEqual(new Set([3]));
  });

  it('gives out another number after a lost reply, so that no number is given out twice', async () => {
    engines.dynamoDb.intercept(loseReplies('UpdateItem', 1));

    expect(await aSequencer().next(roomId)).toMatchObject({ head: 2 });
    expect(await aSequencer().next(roomId)).toMatchObject({ head: 3 });
  });

  it('is UNAVAILABLE while the table is out of reach', async () => {
    engines.dynamoDb.intercept(loseRequests);

    await expect(aSequencer().next(roomId)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
  });

  it.each([
    ['nothing said why', {}, 'RATE_LIMITED'],
    ['this row is hot', throttledBy('TableWriteKeyRangeThroughputExceeded'), 'RATE_LIMITED'],
    ['the account is at its limit', throttledBy('TableWriteAccountLimitExceeded'), 'UNAVAILABLE'],
  ])('is refused with a time to wait while it is throttled: %s', async (_why, reasons, code) => {
    const throttling = aServiceError('ThrottlingException', reasons);
    engines.dynamoDb.intercept(fail('UpdateItem', throttling, Number.POSITIVE_INFINITY));

    await expect(aSequencer().next(roomId)).rejects.toMatchObject({ code, retryAfterMs: 1_000 });
  });

  it('waits no longer than it is told', async () => {
    const stuck = Promise.withResolvers<'lost'>();
    engines.dynamoDb.intercept(() => stuck.promise);

    const given = aSequencer(engines.patientClient).next(roomId, AbortSignal.timeout(10));
    await expect(given).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    stuck.resolve('lost');
  });

  it('is UNAVAILABLE when the table takes a call and never answers', async () => {
    const stuck = Promise.withResolvers<'lost'>();
    engines.dynamoDb.intercept(() => stuck.promise);

    await expect(aSequencer().next(roomId)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    stuck.resolve('lost');
  });
});

describe('rooms', () => {
  it('are empty before anybody has written to them', async () => {
    expect(await rooms().read(roomId)).toEqual(emptyRoom(roomId));
  });

  it('are read as the sequencer left them', async () => {
    await give(2);

    const room = { ...emptyRoom(roomId), head: 2, headAt: NOON, createdAt: NOON };
    expect(await rooms().read(roomId)).toEqual(room);
  });

  it('grow upwards only', async () => {
    await give(2);

    await rooms().grow(roomId, 4);
    await rooms().grow(roomId, 2);
    expect(await rooms().read(roomId)).toMatchObject({ head: 2, shardCount: 4 });

    await rooms().grow(roomId, 8);
    expect(await rooms().readMany([roomId])).toEqual(
      new Map([[roomId, expect.objectContaining({ shardCount: 8 })]]),
    );
  });

  it('grow to the largest of what several want at once', async () => {
    await Promise.all([4, 16, 2, 8].map((shardCount) => rooms().grow(roomId, shardCount)));

    expect(await rooms().read(roomId)).toEqual({ ...emptyRoom(roomId), shardCount: 16 });
  });

  it('count their first message as the first after they have grown', async () => {
    await rooms().grow(roomId, 2);

    const first = { head: 1, headAt: NOON, createdAt: NOON, floor: 0, shardCount: 2 };
    expect(await aSequencer().next(roomId)).toMatchObject(first);
  });

  it('are UNAVAILABLE for growing while the table is out of reach', async () => {
    engines.dynamoDb.intercept(loseRequests);

    await expect(rooms().grow(roomId, 2)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('are read fifty at once, those without a row and those named twice included', async () => {
    await give(2);
    const silent = upTo(48).map((index) => `silent-${index}`);

    const read = await rooms().readMany([roomId, ...silent, roomId]);

    expect(read.size).toBe(49);
    expect(read.get(roomId)).toMatchObject({ roomId, head: 2 });
    expect(read.get('silent-48')).toEqual(emptyRoom('silent-48'));
  });

  it('are read without a call when none is named', async () => {
    const before = engines.dynamoDb.calls.length;

    expect(await rooms().readMany([])).toEqual(new Map());
    expect(engines.dynamoDb.calls).toHaveLength(before);
  });

  it('are read strongly consistent', async () => {
    engines.dynamoDb.calls.length = 0;

    await rooms().read(roomId);
    await rooms().readMany([roomId]);

    const { ROOMS_TABLE } = engines.names;
    const [one, many] = engines.dynamoDb.calls.map(({ input }) => input);
    expect(one).toMatchObject({ ConsistentRead: true });
    expect(many).toMatchObject({ RequestItems: { [ROOMS_TABLE]: { ConsistentRead: true } } });
  });
});
