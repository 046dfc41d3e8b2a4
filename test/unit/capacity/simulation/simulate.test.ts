import { describe, expect, it } from '@jest/globals';
import { atOnce, type Gathering } from '../../../capacity/simulation/gathering.ts';
import { createPaced } from '../../../capacity/simulation/paced.ts';
import { shareOut, zipfSizes } from '../../../capacity/simulation/population.ts';
import { type SimulationOptions, simulate } from '../../../capacity/simulation/simulate.ts';

const ALIKE = (rooms: number, members: number, messagesPerSecond: number) => ({
  members: Array<number>(rooms).fill(members),
  rates: Array<number>(rooms).fill(messagesPerSecond),
});

const SIZES = zipfSizes(500, 20_000);

const QUIET: SimulationOptions = {
  population: ALIKE(20, 50, 0.5),
  messageBytes: 300,
  quota: 10_000,
  postsPerSecond: 8_000,
  gathering: () => atOnce,
  warmUpSeconds: 2,
  seconds: 10,
  drainSeconds: 10,
  seed: 7,
};

const MIXED = { ...QUIET, population: { members: SIZES, rates: shareOut(SIZES, 40, 0.5) } };

/** More than the account gives, beside a stack that believes to have twice the quota. */
const OVERLOADED = { ...MIXED, quota: 2_000, postsPerSecond: 4_000 };

/** No room may have more than a hundredth of it. */
const PACED = {
  ...MIXED,
  drainSeconds: 60,
  gathering: (time: { now: () => number }) =>
    createPaced(time, { roomPostsPerSecond: 80, roomPostsAtOnce: 80, windowMaxMs: 2_000 }),
};

/** So little that jobs go back to the queue. */
const STARVED = { ...OVERLOADED, quota: 150, seconds: 20, drainSeconds: 200 };

/** Every room waits for half a second, and is refused when its last flush was less than 100 ms ago. */
function slowly({ now }: { now: () => number }): Gathering {
  const pending = new Set<number>();
  const flushedAt = new Map<number, number>();
  return {
    roomPostsAtOnce: Number.POSITIVE_INFINITY,
    judge(room) {
      if (pending.has(room)) return { direct: [] };
      pending.add(room);
      return { direct: [], dueAt: now() + 500 };
    },
    beginFlush(room) {
      pending.delete(room);
      flushedAt.set(room, now());
      return 1;
    },
    posted: () => undefined,
    retryAfterMs: (room) => Math.max(0, (flushedAt.get(room) ?? -100) + 100 - now()),
  };
}

describe('a simulated deployment', () => {
  it.each([
    ['with quiet rooms', QUIET],
    ['with rooms of all sizes', MIXED],
    ['beyond its quota', OVERLOADED],
    ['with rooms that wait', { ...MIXED, gathering: slowly }],
    ['whose functions run out of time', STARVED],
    ['with hot rooms that are paced', PACED],
    ['that has no time to finish', { ...OVERLOADED, drainSeconds: 0.05 }],
  ])('accounts for every message and member: %s', async (_title, options) => {
    const { pairs, mostAbove } = await simulate(options);
    expect(pairs.accepted).toBeGreaterThan(1_000);
    expect(pairs.delivered + pairs.givenUp + pairs.unended).toBe(pairs.accepted);
    // Half a second's worth of the share, and the burst of an account.
    expect(mostAbove.posts).toBeLessThanOrEqual(options.postsPerSecond / 2 + 1);
    expect(mostAbove.requests).toBeLessThanOrEqual(5_000);
  });

  it.each([
    ['at once', MIXED, 0],
    ['paced', PACED, 5],
  ])(
    'delivers everything that was accepted when it has the time: %s',
    async (_title, options, gathered) => {
      const { pairs, rooms } = await simulate(options);
      expect(pairs).toMatchObject({ givenUp: 0, unended: 0 });
      expect(rooms.gathered).toBeGreaterThanOrEqual(gathered);
    },
  );

  it('has the account refuse what is beyond its quota, and posts it again', async () => {
    const { refusedPosts, requests } = await simulate(OVERLOADED);
    expect(refusedPosts).toBeGreaterThan(10);
    expect(requests).toBeLessThanOrEqual(2_000 + 5_000 / 10);
  });

  it('gives the same figures for the same seed, and others for another', async () => {
    const first = await simulate(MIXED);
    expect(await simulate(MIXED)).toEqual(first);
    expect(await simulate({ ...MIXED, seed: 8 })).not.toEqual(first);
  });

  it('takes no longer for one message than the way through all parts', async () => {
    const { toTheLastMember } = await simulate(QUIET);
    // Send 15, up to 250 until the poll, fan-out 15, queue 10, start 5, posts 20 and 17 for 50 of them.
    expect(toTheLastMember.p50).toBeGreaterThan(82);
    expect(toTheLastMember.p99).toBeLessThan(345);
  });

  it('lets messages of a room share frames when one poll brings several', async () => {
    const busy = { ...QUIET, population: ALIKE(1, 100, 40) };
    const { postsPerMemberAndMessage } = await simulate(busy);
    // Four polls a second, forty messages.
    expect(postsPerMemberAndMessage).toBeCloseTo(0.1, 1);
  });

  it('takes to its gathering: what waits shares frames, and what is refused is not stored', async () => {
    const busy = { ...QUIET, population: ALIKE(1, 100, 40) };
    const { postsPerMemberAndMessage, refused, accepted, rooms } = await simulate({
      ...busy,
      gathering: slowly,
    });
    expect(postsPerMemberAndMessage).toBeLessThan(0.07);
    expect(refused.slowMode).toBeGreaterThan(1);
    expect(accepted + refused.slowMode).toBeCloseTo((await simulate(busy)).accepted);
    expect(rooms).toEqual({ active: 1, gathered: 1, limited: 1 });
  });

  it('paces a hot room by the real decision, and tells its senders when that is not enough', async () => {
    const hot = { ...QUIET, population: ALIKE(1, 1_000, 20), warmUpSeconds: 5, seconds: 30 };
    const paced = (roomPostsPerSecond: number) =>
      simulate({
        ...hot,
        gathering: (time) =>
          createPaced(time, {
            roomPostsPerSecond,
            roomPostsAtOnce: roomPostsPerSecond,
            windowMaxMs: 2_000,
          }),
      });
    const [free, once, tooMuch] = [await simulate(hot), await paced(1_000), await paced(300)];
    // Four polls a second; then once a second; then not even once in two.
    expect(free.posts).toBeCloseTo(4_000, -3);
    expect(once.posts).toBeCloseTo(1_000, -2);
    expect(once.refused.slowMode).toBe(0);
    expect(once.toTheLastMember.p99).toBeLessThan(2_000);
    expect(tooMuch.posts).toBeLessThan(400);
    expect(tooMuch.refused.slowMode).toBeGreaterThan(1);
  });

  it('refuses what the partition of a room cannot write', async () => {
    const { accepted, refused } = await simulate({ ...QUIET, population: ALIKE(1, 2, 800) });
    // A thousand units a second, two for each message.
    expect(accepted).toBeCloseTo(500, -1);
    expect(refused.partition).toBeGreaterThan(250);
  });

  it('lets a hot room wait for itself', async () => {
    const quiet = ALIKE(50, 10, 0.5);
    const both = {
      members: [...quiet.members, 6_000],
      rates: [...quiet.rates, 4],
    };
    const alone = await simulate({ ...QUIET, population: quiet });
    const beside = await simulate({ ...QUIET, population: both, drainSeconds: 30 });
    expect(beside.quotaShare).toBeGreaterThan(0.75);
    // Of the messages, nine of ten are of the quiet rooms.
    expect(beside.toTheLastMember.p50).toBeLessThan((alone.toTheLastMember.p50 ?? 0) * 4);
  });
});
