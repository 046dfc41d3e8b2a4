import { describe, expect, it } from '@jest/globals';
import { createDrain, type DrainReport } from '../../../../../services/connections/drain/drain.ts';
import { createDrainHandler } from '../../../../../services/connections/drain/handler.ts';
import { CONNECTION_LIFETIME_MS } from '../../../../../shared/domain/limits.ts';
import { NO_ROOM } from '../../../../../shared/domain/ports.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';

const TIMEOUT_MS = 300_000;
const ids = (count: number) =>
  Array.from({ length: count }, (_, index) => `c${String(index).padStart(4, '0')}`);

async function aDrain(connections: number) {
  const chat = createInMemoryChat();
  const connect = (connectionId: string, connectedAt: number) =>
    chat.connections.add({ connectionId, userId: 'ada', connectedAt });
  for (const connectionId of ids(connections)) await connect(connectionId, NOON - 60_000);
  const handle = createDrainHandler({
    drain: createDrain({
      ...chat,
      wait: async (ms) => {
        chat.clock.advance(ms);
      },
    }),
    log: chat.logger,
    metrics: chat.metrics,
  });
  /** An invocation that has `budgetMs` of the fake clock. */
  const order = (event: unknown, budgetMs = TIMEOUT_MS): Promise<DrainReport> => {
    const startedAt = chat.clock.now();
    return handle(event, {
      getRemainingTimeInMillis: () => budgetMs - (chat.clock.now() - startedAt),
    });
  };
  const jobs = () => chat.queue.queued.map(({ job }) => job);
  return { chat, connect, order, jobs, told: () => jobs().flatMap((job) => job.connectionIds) };
}

describe('drain', () => {
  it('tells every connection once, a hundred to a job, durably', async () => {
    const { chat, order, jobs, told } = await aDrain(250);

    expect(await order({ reason: 'new routes', retryWindowMs: 90_000 })).toEqual({ told: 250 });
    expect(told()).toEqual(ids(250));
    expect(chat.metrics.blobs).toEqual([{ told: 250 }]);
    expect(jobs().map((job) => job.connectionIds.length)).toEqual([100, 100, 50]);
    for (const job of jobs()) {
      expect(job).toMatchObject({ roomId: NO_ROOM, hops: 0 });
      expect(job.ephemeral).toBeUndefined();
      expect(job.frames).toEqual(['{"type":"goaway","reason":"new routes","retryWindowMs":90000}']);
    }
  });

  it.each([
    [{ limitPerSecond: 50 }, 20_000],
    [{}, 4_000],
  ])('takes its time, so that clients can come back: %j', async (event, expectedMs) => {
    const { chat, order } = await aDrain(1_000);
    await order(event);

    const tookMs = chat.clock.now() - NOON;
    expect(tookMs).toBeGreaterThan(expectedMs * 0.85);
    expect(tookMs).toBeLessThanOrEqual(expectedMs);
  });

  it('stops before its time is over and goes on from its cursor', async () => {
    const { order, told } = await aDrain(1_000);
    const first = await order({ limitPerSecond: 50 }, 15_000);

    expect(first.told).toBeLessThan(1_000);
    expect(first.cursor).toBeDefined();
    const second = await order({ limitPerSecond: 50, cursor: first.cursor });
    expect(second).toEqual({ told: 1_000 - first.told });
    expect(told()).toEqual(ids(1_000));
  });

  it('does not send away again who has come back, in a later call neither', async () => {
    const { chat, connect, order, told } = await aDrain(300);
    const first = await order({ limitPerSecond: 100 }, 11_500);
    await connect('zz-back', chat.clock.now());
    await order({ cursor: first.cursor });

    expect(told()).toEqual(ids(300));
  });

  it('spares connections whose time is over: nobody is there any more', async () => {
    const { connect, order, told } = await aDrain(0);
    await connect('expired', NOON - CONNECTION_LIFETIME_MS);
    await connect('old', NOON - CONNECTION_LIFETIME_MS + 1_000);

    expect(await order({})).toEqual({ told: 1 });
    expect(told()).toEqual(['old']);
  });

  it('is done at once where nobody is connected, and needs no order', async () => {
    const { order } = await aDrain(0);

    expect(await order(undefined)).toEqual({ told: 0 });
  });

  it.each([['connections.page'], ['queue.send']])(
    'says where to go on when %s fails',
    async (call) => {
      const { chat, order, told } = await aDrain(300);
      const { cursor } = await order({ limitPerSecond: 100 }, 11_500);
      chat.calls.failNext(call);

      const failure = await order({ cursor }).catch(String);
      expect(failure).toContain(`"cursor": ${JSON.stringify(cursor)}`);
      await order({ cursor });
      expect(told()).toEqual(ids(300));
    },
  );

  it.each([
    ['a rate of nothing', { limitPerSecond: 0 }, 'limitPerSecond'],
    ['a window that is no number', { retryWindowMs: '60' }, 'retryWindowMs'],
    ['an empty reason', { reason: '' }, 'reason'],
    ['a misspelt key', { windowMs: 60_000 }, 'windowMs'],
  ])('refuses %s and tells nobody', async (_, event, named) => {
    const { order, jobs } = await aDrain(3);

    await expect(order(event)).rejects.toThrow(named);
    expect(jobs()).toEqual([]);
  });
});
