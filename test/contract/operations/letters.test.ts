import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createS3Client, provisionBuckets } from '../../../local/engines/provision-buckets.ts';
import { provisionQueues } from '../../../local/engines/provision-queues.ts';
import { type SqsEngine, startSqs } from '../../../local/engines/sqs.ts';
import { createBatchLetters } from '../../../operations/redrive/batch-letters.ts';
import type { DeadLetter, LetterSource } from '../../../operations/redrive/letter-source.ts';
import { createQueueLetters } from '../../../operations/redrive/queue-letters.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import { aMessage } from '../../support/log-entries.ts';
import { aStreamRecord } from '../../support/stream-events.ts';
import { createCleanup, createSqsClient, neverExits } from '../local/engines-support.ts';

acceptCoreErrors();

const cleanup = createCleanup();
let engine: SqsEngine;
let stores = 0;

beforeAll(async () => {
  engine = await startSqs({ onExit: neverExits });
  cleanup.defer(engine.stop);
});
afterAll(() => cleanup.run());
beforeEach(() => {
  stores += 1;
});

const NEVER = new AbortController().signal;
const SOON = Number.POSITIVE_INFINITY;

async function readAll(source: LetterSource, signal = NEVER): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const page of source.pages(signal)) letters.push(...page);
  return letters;
}

const reasonsOf = (letters: readonly DeadLetter[]) =>
  letters.map(({ reason }) => reason).toSorted();

describe('letters in a queue', () => {
  async function aQueueOf(count: number) {
    const client = createSqsClient(cleanup, engine.endpoint);
    await provisionQueues(client, [{ id: 'Dlq', queueName: `dlq-${stores}`, attributes: {} }]);
    const queueUrl = engine.queueUrl(`dlq-${stores}`);
    const bodies = Array.from({ length: count }, (_, index) => `letter-${index}`);
    for (let start = 0; start < count; start += 10) {
      const Entries = bodies
        .slice(start, start + 10)
        .map((body) => ({ Id: body, MessageBody: body }));
      await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
    const resent: string[] = [];
    const open = (options: { startedAt?: number; holdSeconds?: number; fail?: boolean } = {}) =>
      createQueueLetters({
        client,
        queueUrl,
        startedAt: options.startedAt ?? SOON,
        holdSeconds: options.holdSeconds ?? 60,
        // The embedded queue has one server.
        pollSeconds: 0,
        read: (body) => ({
          reason: body,
          roomIds: [],
          async resend() {
            if (options.fail) throw new Error('nobody takes it');
            resent.push(body);
          },
        }),
      });
    const visible = async () => {
      const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, VisibilityTimeout: 0 });
      return (await client.send(command)).Messages?.length ?? 0;
    };
    return { open, resent, bodies, visible };
  }

  it('are seen once each, hidden meanwhile, and given back', async () => {
    const { open, bodies, visible } = await aQueueOf(25);
    const source = open();

    expect(await source.count()).toBe(25);
    const letters = await readAll(source);
    expect(reasonsOf(letters)).toEqual(bodies.toSorted());
    expect(Math.abs(Date.now() - (letters[0]?.since ?? 0))).toBeLessThan(60_000);
    expect(await visible()).toBe(0);
    await source.release();
    expect(await source.count()).toBe(25);
  });

  it('are seen once although holding them runs out while they are looked at', async () => {
    const { open, bodies } = await aQueueOf(12);

    expect(reasonsOf(await readAll(open({ holdSeconds: 0 })))).toEqual(bodies.toSorted());
  });

  it('are gone once they were moved, and a second run finds the rest', async () => {
    const { open, resent } = await aQueueOf(3);
    const first = open();
    const [letter] = await readAll(first);
    await letter?.moveBack();
    await first.release();

    expect(resent).toEqual([letter?.reason]);
    const second = open();
    const rest = await readAll(second);
    expect(rest).toHaveLength(2);
    expect(reasonsOf(rest)).not.toContain(letter?.reason);
  });

  it('stay when nobody took them', async () => {
    const { open } = await aQueueOf(1);
    const source = open({ fail: true });
    const [letter] = await readAll(source);
    await expect(letter?.moveBack()).rejects.toThrow('nobody takes it');
    await source.release();

    expect(await source.count()).toBe(1);
  });

  it('are left to the next run when they came after this one began', async () => {
    const { open } = await aQueueOf(2);
    const source = open({ startedAt: Date.now() - 60_000 });

    expect(await readAll(source)).toEqual([]);
    await source.release();
    expect(await source.count()).toBe(2);
  });

  it('are not waited for when the run is stopped', async () => {
    const { open } = await aQueueOf(11);
    const stopping = new AbortController();
    const source = open();
    const pages: DeadLetter[][] = [];
    for await (const page of source.pages(stopping.signal)) {
      pages.push(page);
      stopping.abort();
    }

    expect(pages.map((page) => page.length)).toEqual([10]);
  });
});

describe('batches in a bucket', () => {
  async function aBucketOf(...bodies: string[]) {
    const s3 = createS3Client(engine.endpoint);
    cleanup.defer(() => s3.destroy());
    const Bucket = `given-up-${stores}`;
    await provisionBuckets(s3, [{ id: 'GivenUp', bucketName: Bucket }]);
    const keys = bodies.map((_, index) => `aws/lambda/mapping/shard/${index + 10}`);
    for (const [index, Body] of bodies.entries()) {
      await s3.send(new PutObjectCommand({ Bucket, Key: keys[index], Body }));
    }
    await s3.send(new PutObjectCommand({ Bucket, Key: 'other', Body: 'no letter' }));
    const fannedOut: unknown[][] = [];
    const open = (options: { startedAt?: number; fail?: boolean } = {}) =>
      createBatchLetters({
        client: s3,
        bucket: Bucket,
        startedAt: options.startedAt ?? SOON,
        async fanOutAgain(records) {
          if (options.fail) throw new Error('fan-out reported a failure');
          fannedOut.push([...records]);
        },
      });
    const left = async () =>
      ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);
    return { open, left, keys, fannedOut };
  }

  const records = [
    aStreamRecord(aMessage({ roomId: 'lobby', seq: 1 })),
    aStreamRecord(aMessage({ roomId: 'hall', seq: 1 })),
    aStreamRecord(aMessage({ roomId: 'lobby', seq: 2 })),
  ];
  const batch = JSON.stringify({
    requestContext: { condition: 'RecordAgeExceeded' },
    payload: JSON.stringify({ Records: records }),
  });

  it('are letters with the rooms of their records, and are gone once fanned out again', async () => {
    const { open, left, fannedOut } = await aBucketOf(batch);
    const source = open();

    expect(await source.count()).toBe(1);
    const [letter] = await readAll(source);
    expect(letter).toMatchObject({
      reason: 'RecordAgeExceeded',
      roomIds: ['lobby', 'hall'],
      size: 3,
    });
    await letter?.moveBack();
    expect(fannedOut).toEqual([records]);
    expect(await left()).toEqual(['other']);
  });

  it('are read page by page while they are being removed', async () => {
    const { open, left } = await aBucketOf(...Array<string>(12).fill(batch));
    for await (const page of open().pages(NEVER)) {
      for (const letter of page) await letter.moveBack();
    }

    expect(await left()).toEqual(['other']);
  });

  it('stay when fan-out reports a failure', async () => {
    const { open, left, keys } = await aBucketOf(batch);
    const [letter] = await readAll(open({ fail: true }));

    await expect(letter?.moveBack()).rejects.toThrow('fan-out reported a failure');
    expect(await left()).toEqual([...keys, 'other']);
  });

  it('are left to the next run when they came after this one began', async () => {
    const { open } = await aBucketOf(batch);

    expect(await readAll(open({ startedAt: Date.now() - 60_000 }))).toEqual([]);
  });

  it('stay when they are none', async () => {
    const { open, keys } = await aBucketOf('text', '{"payload":"{}"}');
    const letters = await readAll(open());

    expect(letters).toMatchObject(
      keys.map((key) => ({ reason: `${key} is no batch`, stuck: expect.any(String) })),
    );
    await expect(letters[0]?.moveBack()).rejects.toThrow('cannot be moved back');
  });
});
