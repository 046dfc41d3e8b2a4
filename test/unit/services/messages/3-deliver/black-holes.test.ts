import { describe, expect, it } from '@jest/globals';
import { createDeliver } from '../../../../../services/messages/3-deliver/deliver.ts';
import { createPace } from '../../../../../services/messages/3-deliver/pace.ts';
import type { PostOutcome } from '../../../../../shared/domain/ports.ts';
import { createVirtualTime } from '../../../../load/virtual-time.ts';
import { aDeliveryJob } from '../../../../support/delivery-jobs.ts';
import { createFakeCloser } from '../../../../support/fake-closer.ts';
import { ids } from './deliver-fixture.ts';

const INVOCATION_MS = 30_000;
/** What API Gateway takes for an answer, and what the poster waits for one at most. */
const USUAL_POST_MS = 20;
const POST_TIMEOUT_MS = 3_000;

const TURN_LIMITS = { slots: 50, againSlots: 10, asideMax: 250 };

type Answer = { outcome: PostOutcome; afterMs: number };

/** One batch on a virtual clock, with the limits of `lambda.ts`. */
async function deliverBatch(
  jobs: { connectionIds: string[]; strikes?: number }[],
  answer: (connectionId: string) => Answer,
  postsPerSecond = 600,
) {
  const time = createVirtualTime();
  const wait = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));
  const closer = createFakeCloser();
  const takenAt = new Map<string, number>();
  let posts = 0;
  const beginBatch = createDeliver({
    poster: {
      async post(connectionId) {
        posts += 1;
        const { outcome, afterMs } = answer(connectionId);
        await wait(afterMs);
        if (outcome === 'delivered') takenAt.set(connectionId, time.now());
        return outcome;
      },
    },
    closer,
    clock: time,
    pace: createPace({ postsPerSecond, clock: time }),
    turnLimits: TURN_LIMITS,
    backoff: (round) => wait(200 * 2 ** round),
    after: time.after,
  });

  const deliver = beginBatch(() => INVOCATION_MS - time.now());
  let isDone = false;
  const delivered = Promise.all(
    jobs.map((job) => deliver(aDeliveryJob({ frames: ['frame'], ...job }))),
  ).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise(setImmediate);
    time.step(INVOCATION_MS);
  }
  const results = (await delivered).flat();
  return { results, takenAt, posts, closer, endedAt: time.now() };
}

const usual: Answer = { outcome: 'delivered', afterMs: USUAL_POST_MS };
const noAnswer: Answer = { outcome: 'failed', afterMs: POST_TIMEOUT_MS };
const fullSocket: Answer = { outcome: 'throttled', afterMs: USUAL_POST_MS };

const ROOM = ids(500);
const isHole = (connectionId: string) => Number(connectionId.slice(1)) % 10 < 3;
const holes = ROOM.filter(isHole);
const others = ROOM.filter((id) => !isHole(id));
const inHundreds = [0, 100, 200, 300, 400].map((start) => ({
  connectionIds: ROOM.slice(start, start + 100),
}));

describe('a room of 500 with 30 % black holes', () => {
  it.each([
    { description: 'do not answer', hole: noAnswer },
    { description: 'have full sockets', hole: fullSocket },
  ])('has its others served as if there were none when they $description', async ({ hole }) => {
    const without = await deliverBatch(inHundreds, () => usual);
    const { takenAt, results } = await deliverBatch(inHundreds, (id) =>
      isHole(id) ? hole : usual,
    );

    expect([...takenAt.keys()].toSorted()).toEqual(others.toSorted());
    const last = Math.max(...others.map((id) => takenAt.get(id) ?? Number.NaN));
    const lastWithout = Math.max(...others.map((id) => without.takenAt.get(id) ?? Number.NaN));
    // Fifty slots, of which fifteen wait for half a second before they are free: 150 holes take five
    // such moments at most, where waiting for the answers would take thirty seconds.
    expect(last).toBeLessThan(lastWithout + 2_600);
    expect(results.filter(({ strikes }) => strikes === 1).map((r) => r.connectionId)).toEqual(
      holes,
    );
  });

  it('is done with those that do not answer after one timeout, and pays for no second one', async () => {
    const { endedAt, posts } = await deliverBatch(inHundreds, (id) =>
      isHole(id) ? noAnswer : usual,
    );

    expect(posts).toBe(500);
    expect(endedAt).toBeLessThan(POST_TIMEOUT_MS + 3_000);
  });

  it('has those that come back wait behind a message that is new', async () => {
    const come = { connectionIds: holes, strikes: 1 };
    const { takenAt } = await deliverBatch([come, { connectionIds: others }], (id) =>
      isHole(id) ? noAnswer : usual,
    );
    const last = Math.max(...takenAt.values());

    expect(takenAt.size).toBe(others.length);
    expect(last).toBeLessThan(1_000);
  });

  it('closes those that have refused three deliveries, and leaves the rest alone', async () => {
    const { results, closer } = await deliverBatch(
      [{ connectionIds: holes.slice(0, 20), strikes: 2 }, { connectionIds: others }],
      (id) => (isHole(id) ? noAnswer : usual),
    );

    expect(closer.asked.toSorted()).toEqual(holes.slice(0, 20).toSorted());
    expect(results.filter(({ outcome }) => outcome === 'closed')).toHaveLength(20);
  });
});

describe('a gateway that answers nobody', () => {
  it('is not blamed on the connections, and everybody goes back in time', async () => {
    const { results, closer, endedAt } = await deliverBatch(inHundreds, () => noAnswer);

    expect(results.every(({ outcome, strikes }) => outcome === 'failed' && strikes === 0)).toBe(
      true,
    );
    expect(closer.asked).toEqual([]);
    expect(endedAt).toBeLessThan(INVOCATION_MS - 4_000);
  });
});

describe('the pace', () => {
  it('is kept by everything that is posted', async () => {
    const { endedAt } = await deliverBatch(inHundreds, () => usual, 100);

    // Half a second's worth at once, and the other 450 at a hundred a second.
    expect(endedAt).toBeGreaterThanOrEqual(4_500);
    expect(endedAt).toBeLessThan(4_700);
  });

  it('is kept in closing, too', async () => {
    const suspects = { connectionIds: holes.slice(0, 20), strikes: 2 };
    const { closer, endedAt } = await deliverBatch([suspects], () => fullSocket, 10);

    expect(closer.asked).toHaveLength(20);
    // Five at once, and the other 55 posts and 20 closings at ten a second.
    expect(endedAt).toBeGreaterThanOrEqual(7_500);
  });

  it('has those go back whose turn would come too late', async () => {
    const { results, endedAt } = await deliverBatch(inHundreds, () => usual, 10);
    const delivered = results.filter(({ outcome }) => outcome === 'delivered');

    // 22 seconds that may be used, and the bucket.
    expect(delivered).toHaveLength(225);
    expect(results.filter(({ outcome }) => outcome === 'failed')).toHaveLength(275);
    expect(endedAt).toBeLessThan(INVOCATION_MS - 7_000);
  });
});
