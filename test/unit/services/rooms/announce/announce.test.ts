import { describe, expect, it } from '@jest/globals';
import { PRESENCE_PUSH_MAX_MEMBERS } from '../../../../../shared/domain/limits.ts';
import { anAnnouncer } from './announce-fixture.ts';

const push = (change: { joined?: string[]; left?: string[]; count: number }) => ({
  type: 'presence',
  roomId: 'lobby',
  joined: [],
  left: [],
  ...change,
});
const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(5, '0')}`);

describe('what the members of a room are told', () => {
  it('names who came and who went, sorted, in one push to everybody who is there', async () => {
    const { announce, comes, goes, jobs } = anAnnouncer();
    await comes('old');
    await comes('gone');
    await announce(await comes('zoe'), await goes('gone'), await comes('ben'));

    expect(jobs()).toHaveLength(1);
    expect(jobs()[0]).toMatchObject({ roomId: 'lobby', ephemeral: true, hops: 0 });
    expect(jobs()[0]?.connectionIds.toSorted()).toEqual(['c-ben', 'c-old', 'c-zoe']);
    expect(jobs()[0]?.frames.map((frame) => JSON.parse(frame))).toEqual([
      push({ joined: ['ben', 'zoe'], left: ['gone'], count: 3 }),
    ]);
  });

  it('tells a room nothing of another', async () => {
    const { announce, comes, jobs } = anAnnouncer();
    await announce(await comes('ann', 'c1', 'red'), await comes('ben', 'c2', 'blue'));

    expect(jobs().map(({ roomId, connectionIds }) => [roomId, connectionIds])).toEqual([
      ['red', ['c1']],
      ['blue', ['c2']],
    ]);
  });

  it('announces a user with two tabs once, whether they open in one batch or in two', async () => {
    const { announce, comes, told } = anAnnouncer();
    await comes('old');
    await announce(await comes('ann', 'c1'), await comes('ann', 'c2'));
    expect(told()).toEqual([push({ joined: ['ann'], count: 3 })]);

    await announce(await comes('ann', 'c3'));
    expect(told()).toEqual([]);
  });

  it('announces a user whose second tab opens before the first batch is read', async () => {
    const { announce, comes, told } = anAnnouncer();
    const first = await comes('ann', 'c1');
    const second = await comes('ann', 'c2');
    await announce(first);
    await announce(second);

    expect(told()).toEqual([push({ joined: ['ann'], count: 2 })]);
  });

  it('says that a user left when the last tab closes, not before', async () => {
    const { announce, comes, goes, told } = anAnnouncer();
    await comes('old');
    await comes('ann', 'c1');
    await comes('ann', 'c2');
    await announce(await goes('ann', 'c1'));
    expect(told()).toEqual([]);

    await announce(await goes('ann', 'c2'));
    expect(told()).toEqual([push({ left: ['ann'], count: 1 })]);
  });

  it.each([
    ['a reconnect', ['left', 'c1'], ['joined', 'c2']],
    ['a reconnect with overlap', ['joined', 'c2'], ['left', 'c1']],
    ['a return on the same connection', ['left', 'c1'], ['joined', 'c1']],
  ])('does not mention %s within a batch', async (_, ...steps) => {
    const { announce, comes, goes, told } = anAnnouncer();
    await comes('old');
    await comes('ann', 'c1');
    const records = [];
    for (const [kind, id] of steps) {
      records.push(await (kind === 'left' ? goes('ann', id) : comes('ann', id)));
    }
    await announce(...records);

    expect(told()).toEqual([]);
  });

  it('does not mention a visit that began and ended within a batch', async () => {
    const { announce, comes, goes, told } = anAnnouncer();
    await comes('old');
    await announce(await comes('ann'), await goes('ann'));

    expect(told()).toEqual([]);
  });

  it('has nobody to tell that the last member left', async () => {
    const { announce, comes, goes, jobs } = anAnnouncer();
    await comes('ann');
    await announce(await goes('ann'));

    expect(jobs()).toEqual([]);
  });

  it.each([
    ['as many members as allowed', PRESENCE_PUSH_MAX_MEMBERS, 1],
    ['one more', PRESENCE_PUSH_MAX_MEMBERS + 1, 0],
  ])('is nothing in a room of %s', async (_, members, pushes) => {
    const { announce, comes, jobs } = anAnnouncer();
    for (const name of names('u', members - 1)) await comes(name);
    await announce(await comes('ann'));

    expect(jobs()).toHaveLength(pushes);
  });

  it('fits the frames of the gateway even when a crowd leaves at once', async () => {
    const { announce, comes, goes, jobs, told } = anAnnouncer();
    await comes('old');
    const crowd = names('x'.repeat(100), 900);
    for (const name of crowd) await comes(name);
    await announce(...(await Promise.all(crowd.map((name) => goes(name)))));
    const sizes = jobs().flatMap(({ frames }) => frames.map((frame) => Buffer.byteLength(frame)));
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(30 * 1024);
    expect(
      told()
        .flatMap(({ left }) => left)
        .toSorted(),
    ).toEqual(crowd);
  });
});

describe('the price of presence', () => {
  it('is bounded when ten thousand members join one room', async () => {
    const { announce, comes, jobs } = anAnnouncer();
    const everybody = names('u', 10_000);
    for (let start = 0; start < everybody.length; start += 50) {
      const batch = everybody.slice(start, start + 50);
      await announce(...(await Promise.all(batch.map((name) => comes(name)))));
    }

    const frames = jobs().reduce(
      (sum, job) => sum + job.frames.length * job.connectionIds.length,
      0,
    );
    expect(frames).toBe(50 + 100);
  });

  it('is at most one frame per member when ten thousand lose their connections and come back', async () => {
    const { announce, comes, goes, jobs, chat } = anAnnouncer();
    const everybody = names('u', 10_000);
    const batches = Array.from({ length: 10 }, (_, index) =>
      everybody.slice(index * 1_000, (index + 1) * 1_000),
    );
    for (const name of everybody) await comes(name);
    chat.queue.take();

    // As they would be handed over: a thousand records, or those of a second.
    for (const batch of batches) {
      await announce(...(await Promise.all(batch.map((name) => goes(name)))));
    }
    for (const batch of batches) {
      await announce(...(await Promise.all(batch.map((name) => comes(name, `again-${name}`)))));
    }
    // Nobody was left in the last batch of departures, and no batch of arrivals found a small room.
    expect(jobs()).toEqual([]);

    // Straggling changes the picture little: only a hundred are ever told.
    for (const name of everybody.slice(200)) await goes(name, `again-${name}`);
    chat.queue.take();
    const stragglers = everybody.slice(0, 200);
    for (const name of stragglers) await announce(await goes(name, `again-${name}`));
    for (const name of stragglers) await announce(await comes(name, `third-${name}`));
    const frames = jobs().reduce((sum, job) => sum + job.connectionIds.length, 0);
    expect(frames).toBeGreaterThan(0);
    expect(frames).toBeLessThanOrEqual(everybody.length + PRESENCE_PUSH_MAX_MEMBERS);
  });

  it('is one frame per member and batch while a small room comes and goes', async () => {
    const { announce, comes, goes, jobs, chat } = anAnnouncer();
    for (const name of names('u', PRESENCE_PUSH_MAX_MEMBERS - 50)) await comes(name);
    let frames = 0;
    for (let second = 0; second < 20; second += 1) {
      const visitors = names(`v${second}-`, 50);
      await announce(...(await Promise.all(visitors.map((name) => comes(name)))));
      await announce(...(await Promise.all(visitors.map((name) => goes(name)))));
      frames += jobs().reduce((sum, job) => sum + job.connectionIds.length, 0);
      chat.queue.take();
    }

    expect(frames).toBe(20 * (PRESENCE_PUSH_MAX_MEMBERS + PRESENCE_PUSH_MAX_MEMBERS - 50));
  });

  it('does not grow with the room: no more of it is read than shows that it is too large', async () => {
    const { announce, comes, chat } = anAnnouncer();
    for (const name of names('u', 1_000)) await comes(name);
    await announce(await comes('ann'));

    expect(chat.calls.made.filter((call) => call.startsWith('memberships.m'))).toHaveLength(1);
    expect(chat.calls.count('memberships.pages')).toBe(0);
  });
});
