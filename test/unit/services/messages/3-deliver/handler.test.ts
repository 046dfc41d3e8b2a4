import { describe, expect, it } from '@jest/globals';
import { HOPS_MAX } from '../../../../../services/messages/3-deliver/settle.ts';
import { encodeJob } from '../../../../../shared/aws/delivery-job.ts';
import type { PostOutcome } from '../../../../../shared/domain/ports.ts';
import { aDeliveryJob } from '../../../../support/delivery-jobs.ts';
import { aDeliverHandler, FRAMES, failureOf, ids, NOTHING_FAILED } from './deliver-fixture.ts';

describe('deliver', () => {
  it('posts every frame to every connection, in order', async () => {
    const { chat, deliver, summary } = aDeliverHandler();

    expect(await deliver({ connectionIds: ['c1', 'c2'] })).toEqual(NOTHING_FAILED);
    expect(chat.poster.framesAt('c1')).toEqual(FRAMES);
    expect(chat.poster.framesAt('c2')).toEqual(FRAMES);
    expect(chat.queue.queued).toEqual([]);
    expect(summary()).toMatchObject({ jobs: 1, recipients: 2, outcomes: { delivered: 2 } });
  });

  it('shares its sockets among all jobs of a batch', async () => {
    const { chat, deliver } = aDeliverHandler({ concurrency: 3 });
    await deliver({ connectionIds: ids(10) }, { connectionIds: ids(10) });

    expect(chat.poster.mostAtOnce).toBe(3);
  });

  it('tries again within the invocation, from the frame that was not taken', async () => {
    const { chat, deliver, rounds } = aDeliverHandler();
    chat.poster.script('c1', 'delivered', 'throttled', 'failed');

    expect(await deliver({ connectionIds: ['c1', 'c2'] })).toEqual(NOTHING_FAILED);
    expect(chat.poster.framesAt('c1')).toEqual(FRAMES);
    expect(chat.poster.framesAt('c2')).toEqual(FRAMES);
    expect(rounds).toEqual([0, 1]);
    expect(chat.queue.queued).toEqual([]);
  });

  it('does not post a later frame before an earlier one has been taken', async () => {
    const { chat, deliver } = aDeliverHandler();
    chat.poster.always('c1', 'throttled');
    await deliver({ connectionIds: ['c1'] });

    expect(new Set(chat.poster.posts.map(({ frame }) => frame))).toEqual(new Set(['frame-1']));
  });

  it.each<[PostOutcome]>([['throttled'], ['failed']])(
    'sends those who stay %s back as a smaller job, a hop on and later, and only them',
    async (outcome) => {
      const { chat, deliver, summary } = aDeliverHandler();
      chat.poster.always('c2', outcome);

      expect(await deliver({ connectionIds: ['c1', 'c2', 'c3'], hops: 2 })).toEqual(NOTHING_FAILED);
      expect(chat.queue.queued).toEqual([
        {
          delaySeconds: 4,
          job: aDeliveryJob({ frames: FRAMES, connectionIds: ['c2'], hops: 3, strikes: 1 }),
        },
      ]);
      expect(summary()).toMatchObject({ requeued: 1, outcomes: { delivered: 2, [outcome]: 1 } });
    },
  );

  it('keeps what each has taken when it sends them back', async () => {
    const { chat, deliver } = aDeliverHandler();
    for (const id of ['c1', 'c2', 'c3']) chat.poster.always(id, 'throttled');
    chat.poster.script('c2', 'delivered');
    chat.poster.script('c3', 'delivered');
    await deliver({ connectionIds: ['c1', 'c2', 'c3'] });

    const jobs = chat.queue.queued.map(({ job }) => [job.connectionIds, job.frames]);
    expect(jobs).toEqual([
      [['c1'], FRAMES],
      [['c2', 'c3'], FRAMES.slice(1)],
    ]);
  });

  it('does not try again when time runs out, and sends back what is left', async () => {
    const { chat, deliver, rounds } = aDeliverHandler({ postsInTime: 1 });
    chat.poster.script('c1', 'throttled');
    await deliver({ connectionIds: ['c1'] });

    expect(rounds).toEqual([]);
    expect(chat.queue.queued).toHaveLength(1);
  });

  it('stops posting when a slow gateway eats the time, and sends the rest back', async () => {
    const { chat, deliver } = aDeliverHandler({ postsInTime: 4, concurrency: 1 });

    expect(await deliver({ connectionIds: ['c1', 'c2', 'c3'] })).toEqual(NOTHING_FAILED);
    expect(chat.poster.posts).toHaveLength(4);
    expect(chat.queue.queued.map(({ job }) => [job.connectionIds, job.frames])).toEqual([
      [['c2'], FRAMES.slice(1)],
      [['c3'], FRAMES],
    ]);
  });

  it('gives up after the last hop, and says who is concerned', async () => {
    const { chat, deliver, summary } = aDeliverHandler();
    chat.poster.always('c1', 'throttled');

    expect(await deliver({ connectionIds: ['c1', 'c2'], hops: HOPS_MAX })).toEqual(NOTHING_FAILED);
    expect(chat.queue.queued).toEqual([]);
    expect(summary()).toMatchObject({ givenUp: 1 });
    expect(chat.logger.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        fields: { roomId: 'lobby', hops: HOPS_MAX, connectionIds: ['c1'] },
      }),
    );
  });

  it.each<[PostOutcome]>([['too-large'], ['rejected']])(
    'drops and counts what is %s: it will never be taken',
    async (outcome) => {
      const { chat, deliver, summary } = aDeliverHandler();
      chat.poster.always('c1', outcome);

      expect(await deliver({ connectionIds: ['c1', 'c2'] })).toEqual(NOTHING_FAILED);
      expect(chat.poster.posts.filter(({ connectionId }) => connectionId === 'c1')).toHaveLength(1);
      expect(chat.queue.queued).toEqual([]);
      expect(chat.poster.framesAt('c2')).toEqual(FRAMES);
      expect(summary()).toMatchObject({ outcomes: { delivered: 1, [outcome]: 1 } });
      const fields = { roomId: 'lobby', outcome, connectionIds: ['c1'] };
      expect(chat.logger.lines).toContainEqual({
        level: 'error',
        message: 'recipients lost',
        fields,
      });
    },
  );

  it('logs one line for each job with messages, so that they can be followed', async () => {
    const { chat, deliver } = aDeliverHandler();
    chat.poster.always('c1', 'gone');
    await deliver({ connectionIds: ids(4), seqs: [7, 9] }, { connectionIds: ['c3'], hops: 1 });

    const lines = chat.logger.lines.filter(({ message }) => message === 'job delivered');
    const outcomes = { delivered: 3, gone: 1 };
    const settled = { hops: 0, recipients: 4, outcomes, requeued: 0, givenUp: 0 };
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'job delivered',
        fields: { roomId: 'lobby', seqs: [7, 9], ...settled },
      },
    ]);
  });

  it('logs one line for the batch, with everything that is counted', async () => {
    const { chat, deliver, deliverBody } = aDeliverHandler();
    chat.poster.always('c1', 'gone');
    chat.poster.always('c2', 'throttled');
    await deliver({ connectionIds: ids(4) }, { roomId: 'hall', connectionIds: ['c3'] });
    await deliverBody('{}');

    const lines = chat.logger.lines.filter(({ message }) => message === 'delivered');
    const none = { requeued: 0, givenUp: 0, poison: 0, removed: 0, failed: 0 };
    expect(lines.map(({ fields }) => fields)).toEqual([
      {
        ...none,
        rooms: expect.arrayContaining(['lobby', 'hall']),
        jobs: 2,
        recipients: 5,
        outcomes: { delivered: 3, gone: 1, throttled: 1 },
        requeued: 1,
        removed: 1,
        postsPerSecond: 1_000_000,
      },
      {
        ...none,
        rooms: [],
        jobs: 0,
        recipients: 0,
        outcomes: {},
        poison: 1,
        postsPerSecond: 1_000_000,
      },
    ]);
  });

  it('reports a record whose remainder could not be enqueued, and no other', async () => {
    const { chat, deliver } = aDeliverHandler();
    chat.poster.always('c1', 'throttled');
    chat.calls.failNext('queue.send');

    const response = await deliver({ connectionIds: ['c0'] }, { connectionIds: ['c1'] });
    expect(response).toEqual(failureOf('record-1'));
    expect(chat.logger.at('error')).toEqual(['delivery job failed']);
  });

  it('reports every record when nothing can be enqueued, rather than fail as a whole', async () => {
    const { chat, deliver } = aDeliverHandler();
    chat.poster.always('c1', 'throttled');
    chat.calls.failNext('queue.send', 2);

    expect(await deliver({ connectionIds: ['c1'] }, { connectionIds: ['c1'] })).toEqual(
      failureOf('record-0', 'record-1'),
    );
  });

  it('does no harm when a job comes twice', async () => {
    const { chat, deliver } = aDeliverHandler();
    await deliver({ connectionIds: ['c1'] }, { connectionIds: ['c1'] });

    expect(chat.poster.framesAt('c1').toSorted()).toEqual([...FRAMES, ...FRAMES].toSorted());
    expect(chat.queue.queued).toEqual([]);
  });

  it('is done with a large batch', async () => {
    const { chat, deliver, summary } = aDeliverHandler();
    await deliver(...ids(10).map(() => ({ connectionIds: ids(100) })));

    expect(chat.poster.posts).toHaveLength(3_000);
    expect(summary()).toMatchObject({ jobs: 10, recipients: 1_000, failed: 0 });
  });
});

describe('a poison job', () => {
  const good = encodeJob(aDeliveryJob({ connectionIds: ['c1'] }));

  it('goes to the dead letters at once, with its reason, and the others are delivered', async () => {
    const { chat, deliverBody, summary } = aDeliverHandler();

    expect(await deliverBody('{"v":99}', good)).toEqual(NOTHING_FAILED);
    expect(chat.deadLetters.letters).toEqual([{ reason: expect.any(String), record: '{"v":99}' }]);
    expect(chat.poster.framesAt('c1')).toHaveLength(1);
    expect(summary()).toMatchObject({ jobs: 1, poison: 1 });
  });

  it.each([
    ['no JSON', 'hello', /is no JSON/],
    ['a later version', good.replace('"v":1', '"v":2'), /^The delivery job cannot be read\. v: /],
    ['nothing', '', /JSON/],
    ['too many megabytes of nothing', 'x'.repeat(1_048_576), /is no JSON/],
  ])('is one of %s', async (_title, body, reason) => {
    const { chat, deliverBody } = aDeliverHandler();

    expect(await deliverBody(body, good)).toEqual(NOTHING_FAILED);
    expect(chat.deadLetters.letters).toEqual([
      { reason: expect.stringMatching(reason), record: body },
    ]);
    expect(chat.poster.framesAt('c1')).toHaveLength(1);
  });

  it('is reported when the dead letters are out of reach, so that SQS keeps it', async () => {
    const { chat, deliverBody } = aDeliverHandler();
    chat.calls.failNext('deadLetters.add');

    expect(await deliverBody('hello', good)).toEqual(failureOf('record-0'));
    expect(chat.poster.framesAt('c1')).toHaveLength(1);
  });
});
