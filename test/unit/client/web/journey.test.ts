import { describe, expect, it } from '@jest/globals';
import { type Journey, watchJourneys } from '../../../../client/web/travel/journey.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { setUpRoom } from '../chat-setup.ts';

const at = (ms: number) => new Date(NOON + ms).toISOString();

/** By clocks that have nothing to do with that of the page, nor all with each other. */
const times = {
  seq: 1,
  receivedAt: at(0),
  sentAt: at(3),
  streamedAt: at(15),
  enqueuedAt: at(14),
  dequeuedAt: at(20),
};
const HOPS = [
  { hop: 'hopNumbered', ms: 3 },
  { hop: 'hopStreamed', ms: 12 },
  { hop: 'hopEnqueued', ms: -1 },
  { hop: 'hopDequeued', ms: 6 },
];

async function setUp() {
  const { server, clock, room } = await setUpRoom();
  const journeys: Journey[] = [];
  const now = () => clock.now();
  const stop = watchJourneys(room, now, (journey) => journeys.push(journey));
  const tell = async (head: number) => {
    const push = { type: 'messages', roomId: 'lobby', messages: [], head };
    server.toAll({ ...push, travelTimes: { ...times, seq: head } });
    await clock.advance(5);
  };
  return { server, clock, room, journeys, tell, stop };
}

describe('the way of a message', () => {
  it('has the hops of the server, by its own clocks', async () => {
    const { server, journeys, tell } = await setUp();
    server.publish('lobby');
    await tell(1);
    expect(journeys).toEqual([{ seq: 1, hops: HOPS, totalMs: undefined }]);
  });

  it('of an own one has a total, and what the wire took there and back', async () => {
    const { clock, room, journeys, tell } = await setUp();
    void room.send('hello');
    await clock.advance(45);
    await tell(1);
    await tell(1);
    const [first, again] = journeys;
    expect(first).toEqual({ seq: 1, hops: [...HOPS, { hop: 'hopWire', ms: 30 }], totalMs: 50 });
    // A frame that comes twice tells of the first time only.
    expect(again?.totalMs).toBeUndefined();
  });

  it('of an own one counts from the first attempt', async () => {
    const { server, clock, room, journeys, tell } = await setUp();
    server.refuse = () => ({ type: 'error', code: 'UNAVAILABLE', retryable: true, message: '' });
    void room.send('hello');
    await clock.advance(10);
    server.refuse = () => undefined;
    await clock.advance(1_000);
    await tell(1);
    expect(journeys.at(-1)?.totalMs).toBe(1_015);
  });

  it('is not told any more to whoever stopped watching', async () => {
    const { journeys, tell, stop } = await setUp();
    stop();
    await tell(1);
    expect(journeys).toEqual([]);
  });
});
