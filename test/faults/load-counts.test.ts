import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChatClient, type ChatClientOptions, type Message } from '../../client/index.ts';
import { compare, figuresOf, worstOf } from '../load/agreement/compare.ts';
import { changeBetween } from '../load/agreement/dashboard-change.ts';
import { type DashboardReading, readDashboard } from '../load/agreement/dashboard-reading.ts';
import { conduct } from '../load/conduct.ts';
import { createCrowd } from '../load/crowd/crowd.ts';
import type { LoadCrowd } from '../load/crowd/load-crowd.ts';
import { enterAtPace, obeyLoad } from '../load/crowd/obey-load.ts';
import { parseOnce } from '../load/crowd/parse-once.ts';
import { countDeliveries } from '../load/measure/count-deliveries.ts';
import { countOf } from '../load/measure/histogram.ts';
import { readScenario, type Shape } from '../load/scenario.ts';
import { type OwnStack, startOwnStack } from '../support/local-stack.ts';

/** Of a start and of each test: functions start cold, and the machine may be busy. */
const PATIENCE_MS = 120_000;
const SHAPE: Partial<Shape> = { members: 5, rate: 10, seconds: 1, drainSeconds: 90 };

/** What one application is made to be shown instead of a message. */
type Spoil = (message: Message, show: (message: Message) => void) => void;

const honest: Spoil = (message, show) => show(message);

jest.setTimeout(PATIENCE_MS);

describe('a load test against a real stack', () => {
  let stack: OwnStack;
  beforeAll(async () => {
    // As the thread of a crowd does.
    parseOnce();
    stack = await startOwnStack();
  });
  afterAll(() => stack.stop());

  /** A library that passes on to one of the applications what `spoil` makes of the messages. */
  function spoiltFor(userId: string, spoil: Spoil) {
    return (options: ChatClientOptions): ChatClient => {
      const client = new ChatClient(options);
      if (options.userId !== userId) return client;
      const openRoom = client.room.bind(client);
      client.room = (roomId, roomOptions) => {
        const room = openRoom(roomId, roomOptions);
        const on = room.on.bind(room);
        room.on = (event, listener) =>
          event === 'message'
            ? on('message', (message) => spoil(message, listener as (message: Message) => void))
            : on(event, listener);
        return room;
      };
      return client;
    };
  }

  async function run({
    spoil = honest,
    changes = {},
    signal = new AbortController().signal,
    onProgress = (_: string): unknown => undefined,
    beforeEnd = async () => {},
  } = {}) {
    const { shape } = readScenario('hot-room', { ...SHAPE, ...changes });
    const crowd = createCrowd({
      url: stack.url,
      run: crypto.randomUUID(),
      members: shape.members,
      rooms: shape.rooms,
      remainder: 0,
      crowds: 1,
      intervalMs: 1_000,
      seed: 1,
      createClient: spoiltFor('load-3', spoil),
    });
    const obey = obeyLoad(crowd, enterAtPace(crowd));
    const tell: LoadCrowd['tell'] = (name, order) => obey[name](order);
    const crowds = [{ tell, stop: async () => crowd.close() }];
    return await conduct({ shape, crowds, signal, onProgress, beforeEnd });
  }

  it('shows every message to every member once, and measures each delivery', async () => {
    const { observations } = await run();
    const latencies = observations.talks.flatMap(({ intervals }) => intervals);

    expect(countDeliveries(observations)).toEqual({
      expected: 5 * 10,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      notLive: 0,
    });
    expect(latencies.reduce((sum, { latencyMs }) => sum + countOf(latencyMs), 0)).toBe(5 * 10);
    expect(observations.frames).toBeGreaterThan(0);
    expect(observations.frames).toBeLessThanOrEqual(5 * 10);
  });

  it('agrees with what the dashboard of the stack counts meanwhile', async () => {
    const { signal } = new AbortController();
    const before = await readDashboard(stack.url, signal);
    let after: DashboardReading | undefined;
    const { observations } = await run({
      async beforeEnd() {
        after = await readDashboard(stack.url, signal);
      },
    });
    const change = before && after && changeBetween(before, after);
    if (change === undefined) throw new Error('A local stack has a dashboard.');
    const { opened, pushes, frames: messageFrames, pushedMs } = observations;
    const seen = { opened, stored: 10, delivered: 5 * 10, pushes, messageFrames, pushedMs };
    const { counts } = compare(change, seen);

    expect(counts).toHaveLength(5);
    expect(worstOf(counts)).toBeCloseTo(0);
    expect(figuresOf(change).postsByStatus).toEqual({ 200: pushes });
  });

  it('counts what one application was not shown, was shown twice, and too late', async () => {
    let late: Message | undefined;
    const { observations } = await run({
      spoil(message, show) {
        const { seq } = message;
        if (seq === 6) late = message;
        if (seq !== 2 && seq !== 6) show(message);
        if (seq === 4) show(message);
        if (seq === 8 && late !== undefined) show(late);
      },
    });

    expect(countDeliveries(observations)).toEqual({
      expected: 5 * 10,
      lost: 1,
      duplicated: 1,
      reordered: 1,
      notLive: 0,
    });
  });

  it('cuts everybody off, and loses nothing of what was said meanwhile', async () => {
    const { observations, storm } = await run({ changes: { seconds: 2, cutAtSecond: 1 } });

    expect(storm?.secondsToRecover).toBeGreaterThan(0);
    expect(storm?.attempts).toBeGreaterThanOrEqual(5);
    expect(countDeliveries(observations)).toMatchObject({
      expected: 100,
      lost: 0,
      duplicated: 0,
    });
  });

  it('waits for nobody who came after the last message', async () => {
    const startedAt = performance.now();
    const { observations } = await run({
      changes: {
        entering: 'meanwhile',
        connectsPerSecond: 2,
        sendersPerRoom: 1,
        drainSeconds: 100,
      },
    });
    const { expected, ...wrong } = countDeliveries(observations);

    expect(wrong).toEqual({ lost: 0, duplicated: 0, reordered: 0, notLive: 0 });
    expect(expected).toBeLessThan(5 * 10);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  });

  it('ends at once when it is interrupted, with what it has seen', async () => {
    const interrupt = new AbortController();
    const { observations, isInterrupted } = await run({
      changes: { seconds: 600 },
      signal: interrupt.signal,
      onProgress: (line) => line.startsWith('talking') && interrupt.abort(),
    });

    expect(isInterrupted).toBe(true);
    expect(countDeliveries(observations)).toMatchObject({ lost: 0, duplicated: 0, notLive: 0 });
    expect(observations.talks[0]?.intervals.length).toBeLessThan(30);
  });
});
