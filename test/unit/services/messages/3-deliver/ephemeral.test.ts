import { describe, expect, it } from '@jest/globals';
import { EPHEMERAL_MAX_AGE_MS } from '../../../../../shared/domain/limits.ts';
import type { DeliveryJob, PostOutcome } from '../../../../../shared/domain/ports.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { aDeliverHandler, ids, NOTHING_FAILED } from './deliver-fixture.ts';

const fresh: Partial<DeliveryJob> = { ephemeral: true, fannedOutAt: NOON, frames: ['typing'] };
const stale = { ...fresh, fannedOutAt: NOON - EPHEMERAL_MAX_AGE_MS - 1 };

describe('an ephemeral job', () => {
  it('is posted while it is fresh', async () => {
    const { chat, deliver, summary } = aDeliverHandler();
    await deliver({ ...fresh, fannedOutAt: NOON - EPHEMERAL_MAX_AGE_MS, connectionIds: ['c1'] });

    expect(chat.poster.framesAt('c1')).toEqual(['typing']);
    expect(summary()).toMatchObject({ outcomes: { delivered: 1 } });
  });

  it('is dropped without a post when its time has passed', async () => {
    const { chat, deliver, summary } = aDeliverHandler();

    expect(await deliver({ ...stale, connectionIds: ['c1', 'c2'] })).toEqual(NOTHING_FAILED);
    expect(chat.poster.posts).toEqual([]);
    expect(summary()).toMatchObject({ outcomes: { dropped: 2 }, requeued: 0, givenUp: 0 });
  });

  it('is dropped for those whose turn comes too late', async () => {
    const { chat, deliver, summary } = aDeliverHandler({ concurrency: 1 });
    const { post } = chat.poster;
    chat.poster.post = (connectionId, frame) => {
      chat.clock.advance(EPHEMERAL_MAX_AGE_MS / 2);
      return post(connectionId, frame);
    };
    await deliver({ ...fresh, connectionIds: ids(5) });

    expect(summary()).toMatchObject({ outcomes: { delivered: 3, dropped: 2 } });
  });

  it.each<[PostOutcome]>([['throttled'], ['failed']])(
    'is not tried again, now or later, where it was %s',
    async (outcome) => {
      const { chat, deliver, rounds, summary } = aDeliverHandler();
      chat.poster.always('c1', outcome);

      expect(await deliver({ ...fresh, connectionIds: ['c1', 'c2'] })).toEqual(NOTHING_FAILED);
      expect(rounds).toEqual([]);
      expect(chat.queue.queued).toEqual([]);
      expect(chat.poster.posts).toHaveLength(2);
      expect(summary()).toMatchObject({ givenUp: 0, outcomes: { delivered: 1, [outcome]: 1 } });
      expect(chat.logger.at('error')).toEqual([]);
    },
  );

  it('cleans up after a connection that is gone', async () => {
    const { chat, deliver, connect } = aDeliverHandler();
    await connect('c1', NOON - 60_000);
    await chat.admit('lobby', 'c1');
    chat.poster.always('c1', 'gone');
    await deliver({ ...fresh, connectionIds: ['c1'] });

    expect(chat.memberships.allOf('lobby')).toEqual([]);
    expect(chat.connections.get('c1')).toBeUndefined();
  });

  it('spares a young connection that is not there yet, and does not come back for it', async () => {
    const { chat, deliver, connect } = aDeliverHandler();
    await connect('c1', NOON);
    await chat.admit('lobby', 'c1');
    chat.poster.always('c1', 'gone');
    await deliver({ ...fresh, connectionIds: ['c1'] });

    expect(chat.memberships.allOf('lobby')).toHaveLength(1);
    expect(chat.queue.queued).toEqual([]);
  });

  it('gives way to messages under overload: it goes first, they are kept', async () => {
    const { chat, deliver, summary } = aDeliverHandler({ roundsInTime: 100 });
    for (const id of ids(10)) chat.poster.always(id, 'throttled');
    await deliver(
      { ...fresh, connectionIds: ids(10) },
      { ...stale, connectionIds: ids(10) },
      { connectionIds: ids(10) },
    );

    expect(chat.queue.queued.flatMap(({ job }) => job.connectionIds)).toEqual(ids(10));
    expect(chat.queue.queued.every(({ job }) => job.ephemeral === undefined)).toBe(true);
    expect(summary()).toMatchObject({ outcomes: { throttled: 20, dropped: 10 } });
  });
});
