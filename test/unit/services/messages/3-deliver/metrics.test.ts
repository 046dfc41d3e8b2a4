import { describe, expect, it } from '@jest/globals';
import { HOPS_MAX } from '../../../../../services/messages/3-deliver/settle.ts';
import { NO_ROOM } from '../../../../../shared/domain/ports.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { aDeliverHandler, FRAMES, ids } from './deliver-fixture.ts';

const POST_MS = 20;

describe('what deliver emits', () => {
  it('is one blob for the batch, with what was posted and what was taken', async () => {
    const { chat, deliver } = aDeliverHandler();
    chat.poster.script('c1', 'delivered', 'throttled', 'failed');
    await deliver({ connectionIds: ids(2) }, { roomId: 'hall', connectionIds: ['c3'] });

    expect(chat.metrics.blobs).toEqual([
      expect.objectContaining({
        jobs: 2,
        deliveries: 3,
        posts: 3 * FRAMES.length + 2,
        framesTaken: 3 * FRAMES.length,
        postsPerSecond: 1_000_000,
      }),
    ]);
  });

  it('has the latency of each delivery, from the gateway to its last post', async () => {
    const { chat, deliver } = aDeliverHandler({ concurrency: 1 });
    const { post } = chat.poster;
    chat.poster.post = (connectionId, frame) => {
      chat.clock.advance(POST_MS);
      return post(connectionId, frame);
    };
    const times = { oldestReceivedAt: NOON - 100, frames: ['one', 'two'] };
    await deliver({ ...times, connectionIds: ids(3) });

    expect(chat.metrics.blobs).toMatchObject([{ deliveryLatency: [140, 180, 220] }]);
  });

  it('has no latency of whoever did not take everything', async () => {
    const { chat, deliver } = aDeliverHandler();
    chat.poster.script('c1', 'delivered');
    chat.poster.always('c1', 'throttled');
    chat.poster.always('c2', 'gone');
    await deliver({ connectionIds: ids(3), oldestReceivedAt: NOON - 7 });

    expect(chat.metrics.blobs).toMatchObject([
      { deliveryLatency: [7], deliveries: 1, throttled: 1, gone: 1, requeued: 1 },
    ]);
  });

  it.each([
    ['a push that is best effort', { ephemeral: true, fannedOutAt: NOON } as const],
    ['an order to all connections', { roomId: NO_ROOM }],
  ])('has no latency of %s, for which nobody waits', async (_, job) => {
    const { chat, deliver } = aDeliverHandler();
    await deliver({ ...job, connectionIds: ids(1) });

    expect(chat.metrics.blobs).toMatchObject([{ deliveries: 1 }]);
    expect(chat.metrics.blobs[0]).not.toHaveProperty('deliveryLatency');
  });

  it.each([
    ['throttled', { throttled: 1, givenUp: 1 }],
    ['failed', { unanswered: 1, givenUp: 1 }],
    ['too-large', { tooLarge: 1 }],
    ['rejected', { rejected: 1 }],
  ] as const)('counts whoever is %s for the last time', async (outcome, counts) => {
    const { chat, deliver } = aDeliverHandler();
    chat.poster.always('c1', outcome);
    await deliver({ hops: HOPS_MAX, connectionIds: ids(2) });

    expect(chat.metrics.blobs).toMatchObject([{ deliveries: 1, ...counts }]);
    expect(chat.metrics.blobs[0]).not.toHaveProperty('requeued');
  });

  it('counts poison, and jobs that SQS has to deliver again', async () => {
    const { chat, deliver, deliverBody } = aDeliverHandler();
    await deliverBody('{}');
    chat.poster.always('c1', 'throttled');
    chat.calls.failNext('queue.send');
    await deliver({ connectionIds: ['c1'] });

    expect(chat.metrics.blobs).toMatchObject([{ poison: 1 }, { failedJobs: 1 }]);
  });
});
