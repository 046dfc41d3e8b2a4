import { describe, expect, it } from '@jest/globals';
import { ATTEMPTS_MAX, STRIKES_MAX } from '../../../../../services/messages/3-deliver/deliver.ts';
import type { PostOutcome } from '../../../../../shared/domain/ports.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { aDeliverHandler, type DeliverOptions, ids, NOTHING_FAILED } from './deliver-fixture.ts';

/** Delivers what comes back to the queue, until nothing does; at most as often as there are hops. */
function aConversation(options: DeliverOptions = {}) {
  const handler = aDeliverHandler(options);
  const { chat, deliver } = handler;
  return {
    ...handler,
    postsTo: (id: string) => chat.poster.posts.filter((post) => post.connectionId === id).length,
    async deliverOn(deliveries: number) {
      for (let count = 0; count < deliveries; count += 1) {
        await deliver(...chat.queue.take().map(({ job }) => job));
      }
    },
  };
}

describe('a connection that refuses while others take', () => {
  it.each<[PostOutcome]>([['throttled'], ['failed']])(
    'is closed after three deliveries in a row in which it was %s, and removed',
    async (outcome) => {
      const { chat, deliver, deliverOn, connect, postsTo, summary } = aConversation();
      await connect('slow', NOON);
      await chat.admit('lobby', 'slow', 'c0', 'c1');
      chat.poster.always('slow', outcome);

      await deliver({ connectionIds: ['c0', 'slow', 'c1'] });
      await deliverOn(STRIKES_MAX - 2);
      expect(chat.closer.asked).toEqual([]);
      expect(chat.memberships.allOf('lobby')).toHaveLength(3);

      await deliverOn(1);
      expect(chat.closer.asked).toEqual(['slow']);
      expect(summary()).toMatchObject({ outcomes: { closed: 1 }, requeued: 0, removed: 1 });
      expect(chat.memberships.allOf('lobby')).toHaveLength(2);
      expect(chat.connections.get('slow')).toBeUndefined();
      expect(chat.queue.queued).toEqual([]);
      expect(postsTo('slow')).toBe(STRIKES_MAX * ATTEMPTS_MAX);
      expect(chat.logger.at('warn')).toEqual(['slow connections closed']);
    },
  );

  it('starts over with one frame that it takes', async () => {
    const { chat, deliver, deliverOn } = aConversation();
    chat.poster.always('slow', 'throttled');
    await deliver({ connectionIds: ['slow', ...ids(3)] });
    await deliverOn(1);
    chat.poster.script('slow', 'delivered');
    await deliverOn(1);

    expect(chat.closer.asked).toEqual([]);
    expect(chat.queue.queued[0]?.job).not.toHaveProperty('strikes');
    expect(chat.queue.queued[0]?.job.frames).toEqual(['frame-2', 'frame-3']);
  });

  it('is counted apart from those of its job who come back for another reason', async () => {
    const { chat, deliver, connect } = aConversation();
    chat.poster.always('slow', 'throttled');
    await connect('young', NOON);
    chat.poster.always('young', 'gone');
    await deliver({ connectionIds: ['slow', 'young', ...ids(3)] });

    const queued = chat.queue.queued.map(({ job }) => [job.connectionIds, job.strikes]);
    expect(queued).toEqual([
      [['slow'], 1],
      [['young'], undefined],
    ]);
  });

  it('goes on to the last hop where it cannot be closed, and is given up then', async () => {
    const { chat, deliver, deliverOn, summary } = aConversation();
    await chat.admit('lobby', 'slow');
    chat.poster.always('slow', 'throttled');
    chat.closer.refuse(true);
    await deliver({ connectionIds: ['slow', ...ids(3)] });
    await deliverOn(5);

    expect(chat.closer.asked).toHaveLength(4);
    expect(summary()).toMatchObject({ givenUp: 1, removed: 0, outcomes: { throttled: 1 } });
    expect(chat.memberships.allOf('lobby')).toHaveLength(1);
  });

  it('is not closed for ephemeral frames', async () => {
    const { chat, deliver } = aConversation();
    chat.poster.always('slow', 'throttled');
    const typing = { ephemeral: true, fannedOutAt: NOON } as const;
    await deliver({ connectionIds: ['slow', ...ids(3)], strikes: 2, ...typing });

    expect(chat.closer.asked).toEqual([]);
  });

  it('does not slow the environment down', async () => {
    const { chat, deliver, summary } = aConversation();
    const everybody = ids(500);
    const isSlow = (_id: string, index: number) => index % 10 < 3;
    for (const id of everybody.filter(isSlow)) chat.poster.always(id, 'throttled');
    const jobs = [0, 100, 200, 300, 400].map((start) => everybody.slice(start, start + 100));
    await deliver(...jobs.map((connectionIds) => ({ connectionIds })));

    expect(summary()).toMatchObject({ postsPerSecond: 1_000_000 });
    expect(chat.queue.queued.flatMap(({ job }) => job.connectionIds)).toHaveLength(150);
    expect(chat.queue.queued.every(({ job }) => job.strikes === 1)).toBe(true);
  });
});

describe('an account whose rate is exhausted', () => {
  it('is not blamed on those whom it refuses, however often', async () => {
    const { chat, deliver, deliverOn } = aConversation({ roundsInTime: 500 });
    for (const id of ids(30)) chat.poster.always(id, 'throttled');
    expect(await deliver({ connectionIds: ids(30) })).toEqual(NOTHING_FAILED);
    await deliverOn(5);

    expect(chat.closer.asked).toEqual([]);
    expect(chat.queue.queued).toEqual([]);
    expect(chat.logger.at('error')).toEqual(['recipients given up']);
  });

  it('is not blamed on the members of a small room, of whom nobody takes anything', async () => {
    const { chat, deliver, deliverOn } = aConversation();
    for (const id of ids(3)) chat.poster.always(id, 'throttled');
    await deliver({ connectionIds: ids(3) });
    await deliverOn(5);

    expect(chat.closer.asked).toEqual([]);
    expect(chat.logger.at('error')).toEqual(['recipients given up']);
  });

  it('is waited for as long as time remains', async () => {
    const { chat, deliver, rounds } = aConversation({ roundsInTime: 100 });
    for (const id of ids(20)) {
      chat.poster.script(id, ...new Array<PostOutcome>(ATTEMPTS_MAX + 1).fill('throttled'));
    }
    await deliver({ connectionIds: ids(20), frames: ['frame-1'] });

    expect(rounds).toHaveLength(20 * (ATTEMPTS_MAX + 1));
    expect(chat.queue.queued).toEqual([]);
    for (const id of ids(20)) expect(chat.poster.framesAt(id)).toHaveLength(1);
  });

  it('is not blamed on the last in line when it runs out in the middle of a batch', async () => {
    const { chat, deliver } = aConversation({ roundsInTime: 500, concurrency: 1 });
    for (const id of ids(50, 'later')) chat.poster.always(id, 'throttled');
    await deliver({ connectionIds: [...ids(50), ...ids(50, 'later')], frames: ['frame-1'] });

    const strikes = chat.queue.queued.map(({ job }) => job.strikes);
    expect(strikes).toEqual([undefined]);
  });

  it('is not blamed on the unlucky when half of all posts are refused', async () => {
    const { chat, deliver } = aConversation({ roundsInTime: 300 });
    let count = 0;
    const { post } = chat.poster;
    chat.poster.post = (id, frame) => {
      count += 1;
      if (count % 2 === 0) chat.poster.script(id, 'throttled');
      return post(id, frame);
    };
    for (const id of ids(5, 'unlucky')) chat.poster.always(id, 'throttled');
    await deliver({ connectionIds: [...ids(95), ...ids(5, 'unlucky')], frames: ['frame-1'] });

    const requeued = chat.queue.queued.flatMap(({ job }) => job.connectionIds);
    expect(requeued).toEqual(expect.arrayContaining(ids(5, 'unlucky')));
    for (const { job } of chat.queue.queued) expect(job).not.toHaveProperty('strikes');
  });

  it('slows the environment down', async () => {
    const { chat, deliver, summary } = aConversation();
    for (const id of ids(20)) chat.poster.script(id, 'throttled');
    await deliver({ connectionIds: ids(20) });

    expect(summary()).toMatchObject({ postsPerSecond: 500_000 });
  });
});
