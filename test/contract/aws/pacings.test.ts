import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPacings, createRooms, createSequencer } from '../../../shared/aws/rooms-table.ts';
import type { RoomPacing } from '../../../shared/domain/room.ts';
import { createFakeClock, type FakeClock, NOON } from '../../support/fake-clock.ts';
import { loseReplies, loseRequests } from '../../support/fault-proxy.ts';
import { DAY_MS } from '../../support/log-entries.ts';
import { type Engines, startEngines } from './engines.ts';

const WINDOW_MAX_MS = 2_000;
/** What a room may post at once after a quiet moment. */
const BURST_MS = 500;

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
  roomId = `paced-${roomCount}`;
  clock = createFakeClock();
});
afterEach(() => engines.dynamoDb.intercept());

const table = () => ({ client: engines.client, table: engines.names.ROOMS_TABLE });
const pacings = (client = engines.client) => createPacings({ ...table(), client });
const read = () => createRooms(table()).read(roomId);
const next = () =>
  createSequencer({
    ...table(),
    clock,
    windowMaxMs: WINDOW_MAX_MS,
    retentionMs: 30 * DAY_MS,
  }).next(roomId);

const paced: Omit<RoomPacing, 'version'> = {
  freeAt: NOON,
  members: 40,
  pending: { id: 'one', from: 3, dueAt: NOON + 250 },
  begun: { id: 'zero', from: 1, at: NOON - 100, version: 1 },
  flushed: { from: 1, through: 2 },
  perFrame: 2.5,
};

describe('how a room is paced', () => {
  it('is written into its row, and tells the head', async () => {
    await next();
    await next();

    const saved = await pacings().save(roomId, paced, undefined);

    expect(saved).toMatchObject({ head: 2, pacing: { ...paced, version: 1 } });
    expect(await read()).toEqual(saved);
  });

  it('is replaced as a whole', async () => {
    const first = await pacings().save(roomId, paced, undefined);

    await pacings().save(roomId, { freeAt: 1, members: 0 }, first?.pacing);

    expect((await read()).pacing).toEqual({ version: 2, freeAt: 1, members: 0 });
  });

  it('leaves the numbers of the room alone, as these leave it', async () => {
    await next();
    const saved = await pacings().save(roomId, paced, undefined);

    expect(await next()).toEqual({ ...saved, head: 2 });
  });

  it.each([
    { description: 'somebody has begun to pace the room', seen: undefined },
    { description: 'somebody has written since', seen: { version: 1, freeAt: 0, members: 0 } },
  ])('is not written when $description', async ({ seen }) => {
    const first = await pacings().save(roomId, paced, undefined);
    const second = await pacings().save(roomId, { freeAt: 2, members: 2 }, first?.pacing);

    expect(await pacings().save(roomId, { freeAt: 3, members: 3 }, seen)).toBeUndefined();
    expect(await read()).toEqual(second);
  });

  it('is written by one of many who have seen the same', async () => {
    const first = await pacings().save(roomId, paced, undefined);
    const racing = pacings(engines.patientClient);

    const saved = await Promise.all(
      Array.from({ length: 20 }, (_, members) =>
        racing.save(roomId, { freeAt: 0, members }, first?.pacing),
      ),
    );

    expect(saved.filter((room) => room !== undefined)).toHaveLength(1);
    expect((await read()).pacing?.version).toBe(2);
  });

  it('is not known to be written when the reply was lost, and stands there all the same', async () => {
    engines.dynamoDb.intercept(loseReplies('UpdateItem', 1));

    expect(await pacings().save(roomId, paced, undefined)).toBeUndefined();
    expect((await read()).pacing).toEqual({ ...paced, version: 1 });
  });

  it('is UNAVAILABLE while the table is out of reach', async () => {
    engines.dynamoDb.intercept(loseRequests);

    await expect(pacings().save(roomId, paced, undefined)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });
});

describe('a room that has more to post than its longest window holds', () => {
  const slow = { freeAt: NOON + BURST_MS + WINDOW_MAX_MS + 700, members: 9_000 };

  it('gives out no number, and says truly when it will', async () => {
    await next();
    await pacings().save(roomId, slow, undefined);

    await expect(next()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      retryAfterMs: 700,
    });
    expect(await read()).toMatchObject({ head: 1 });

    clock.advance(699);
    await expect(next()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1 });
    clock.advance(1);
    expect(await next()).toMatchObject({ head: 2 });
  });

  it('refuses its very first number, too', async () => {
    await pacings().save(roomId, slow, undefined);

    await expect(next()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 700 });
  });

  it('has forgotten it after a silence as long as the retention', async () => {
    await next();
    await pacings().save(roomId, slow, undefined);
    clock.advance(30 * DAY_MS);

    expect(await next()).toMatchObject({ head: 2, floor: 1 });
  });
});
