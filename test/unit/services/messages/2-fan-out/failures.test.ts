import { describe, expect, it } from '@jest/globals';
import { aMessage } from '../../../../support/log-entries.ts';
import { aStreamEvent, aStreamRecord } from '../../../../support/stream-events.ts';
import {
  aHandler,
  failureOf,
  handlerOf,
  ids,
  message,
  NOTHING_FAILED,
  poison,
} from './fan-out-fixture.ts';

describe('a poison record', () => {
  it('goes to the dead letters with its reason, and the others flow', async () => {
    const { chat, handle, seqsFor } = aHandler();
    await chat.admit('lobby', 'c1');
    const record = poison();

    expect(await handle(aStreamEvent(message(1), record, message(3)))).toEqual(NOTHING_FAILED);
    expect(seqsFor('c1')).toEqual([1, 3]);
    expect(chat.deadLetters.letters).toEqual([{ reason: expect.any(String), record }]);
    expect(chat.logger.at('error')).toEqual(['poison stream record']);
  });

  it.each([
    ['no image', undefined],
    ['an image that is no object', 'x'],
    ['an image of a later version', { v: { N: '2' } }],
  ])('is one with %s', async (_title, image) => {
    const { chat, handle } = aHandler();
    const record = aStreamRecord(aMessage());
    record.dynamodb.NewImage = image;

    expect(await handle(aStreamEvent(record))).toEqual(NOTHING_FAILED);
    expect(chat.deadLetters.letters).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['that is no stream record', { body: 'from a queue' }],
    ['without a sequence number', { ...message(2), dynamodb: { NewImage: 'x' } }],
    ['that is null', null],
  ])('is judged alone: one %s', async (_title, record) => {
    const { chat, handle, seqsFor } = aHandler();
    await chat.admit('lobby', 'c1');

    expect(await handle({ Records: [message(1), record, message(3)] })).toEqual(NOTHING_FAILED);
    expect(seqsFor('c1')).toEqual([1, 3]);
    expect(chat.deadLetters.letters).toEqual([{ reason: expect.any(String), record }]);
  });

  it('fails the whole batch when it can be neither set aside nor named', async () => {
    const { chat, handle } = aHandler();
    chat.calls.failNext('deadLetters.add');

    expect(await handle({ Records: [message(1), {}] })).toEqual({
      batchItemFailures: [{ itemIdentifier: '' }],
    });
  });

  it('is reported when the dead letters are out of reach, and the others flow', async () => {
    const { chat, handle, seqsFor } = aHandler();
    await chat.admit('lobby', 'c1');
    chat.calls.failNext('deadLetters.add');
    const record = poison();

    expect(await handle(aStreamEvent(message(1), record, message(3)))).toEqual(failureOf(record));
    expect(seqsFor('c1')).toEqual([1, 3]);
  });
});

describe('a room that fails', () => {
  it('is reported by its first record, and other rooms are delivered', async () => {
    const { chat, handle, seqsFor } = aHandler();
    await chat.admit('lobby', 'c1');
    await chat.admit('hall', 'c2');
    chat.calls.failNext('memberships.connectionPages');
    const first = message(5);
    const others = [message(1, 'hall'), message(2, 'hall'), message(6)];

    expect(await handle(aStreamEvent(first, ...others))).toEqual(failureOf(first));
    expect(seqsFor('c2')).toEqual([1, 2]);
    expect(seqsFor('c1')).toEqual([]);
  });

  it.each([['memberships.connectionPages'], ['queue.send']])(
    'is one for which %s fails',
    async (call) => {
      const { chat, handle, seqsFor } = aHandler();
      await chat.admit('lobby', 'c1');
      chat.calls.failNext(call);
      const records = [message(1), message(2)] as const;

      expect(await handle(aStreamEvent(...records))).toEqual(failureOf(records[0]));
      expect(await handle(aStreamEvent(...records))).toEqual(NOTHING_FAILED);
      expect(seqsFor('c1')).toEqual([1, 2]);
    },
  );

  it('is reported even if only its last page could not be enqueued', async () => {
    const { chat, handle, jobs } = aHandler();
    await chat.admit('lobby', ...ids(1_500));
    let sends = 0;
    const queue = {
      send: async (...args: Parameters<typeof chat.queue.send>) => {
        sends += 1;
        if (sends === 2) throw new Error('the queue is out of reach');
        await chat.queue.send(...args);
      },
    };
    const handleTwice = handlerOf(chat, queue);
    const record = message(1);

    expect(await handleTwice(aStreamEvent(record))).toEqual(failureOf(record));
    expect(jobs()).toHaveLength(10);
    await handle(aStreamEvent(record));
    expect(new Set(jobs().flatMap(({ connectionIds }) => connectionIds)).size).toBe(1_500);
  });

  it('is reported by the earliest record when several rooms fail', async () => {
    const { chat, handle } = aHandler();
    chat.calls.failNext('memberships.connectionPages', 2);
    const [first, second] = [message(1), message(1, 'hall')];

    expect(await handle(aStreamEvent(second, first))).toEqual(failureOf(second));
  });

  it('is logged with its numbers', async () => {
    const { chat, handle } = aHandler();
    chat.calls.failNext('memberships.connectionPages');
    await handle(aStreamEvent(message(4), message(5)));

    expect(chat.logger.lines[0]).toMatchObject({
      level: 'error',
      fields: { roomId: 'lobby', seqs: [4, 5] },
    });
  });
});
