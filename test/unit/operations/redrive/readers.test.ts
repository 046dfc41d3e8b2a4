import { describe, expect, it } from '@jest/globals';
import { createDeliveryReader } from '../../../../operations/redrive/delivery-letters.ts';
import { createFanOutReader } from '../../../../operations/redrive/fan-out-letters.ts';
import { createFlushReader } from '../../../../operations/redrive/flush-letters.ts';
import { encodeLetter } from '../../../../shared/aws/dead-letter.ts';
import { encodeJob } from '../../../../shared/aws/delivery-job.ts';
import { encodeRoomJob } from '../../../../shared/aws/room-job.ts';
import { aDeliveryJob } from '../../../support/delivery-jobs.ts';
import {
  createInMemoryDeliveryQueue,
  createInMemoryRoomJobs,
} from '../../../support/in-memory-queues.ts';
import { aMessage } from '../../../support/log-entries.ts';
import { aStreamRecord } from '../../../support/stream-events.ts';

const job = aDeliveryJob();
const tried = aDeliveryJob({ hops: 5, strikes: 2 });
const cut = encodeLetter('too large', 'x'.repeat(2_000_000));

describe('a letter in the delivery DLQ', () => {
  function read(body: string) {
    const queue = createInMemoryDeliveryQueue();
    return { queue, ...createDeliveryReader(queue)(body) };
  }

  it.each([
    { description: 'a job that SQS moved there', body: encodeJob(tried), reason: /too often/ },
    {
      description: 'a poison job that can be read by now',
      body: encodeLetter('v: expected 1', encodeJob(tried)),
      reason: /^v: expected 1$/,
    },
  ])('goes back as a job that was never tried: $description', async ({ body, reason }) => {
    const { queue, resend, ...letter } = read(body);

    expect(letter).toEqual({ reason: expect.stringMatching(reason), roomIds: ['lobby'] });
    await resend();
    expect(queue.queued).toEqual([{ delaySeconds: 0, job: job }]);
  });

  it.each([
    { description: 'text', body: 'garbage', roomIds: [], reason: /is no JSON/ },
    { description: 'null', body: 'null', roomIds: [], reason: /cannot be read/ },
    {
      description: 'a letter of garbage',
      body: encodeLetter('old words', 'garbage'),
      roomIds: [],
      reason: /is no JSON/,
    },
    {
      description: 'a letter of a job of a later version',
      body: encodeLetter('old words', JSON.stringify({ ...job, v: 2 })),
      roomIds: ['lobby'],
      reason: /v: /,
    },
    { description: 'a letter that was cut', body: cut, roomIds: [], reason: /^too large$/ },
  ])('stays, with what is wrong with it now: $description', async ({ body, roomIds, reason }) => {
    const { queue, resend, ...letter } = read(body);

    expect(letter).toEqual({
      reason: expect.stringMatching(reason),
      roomIds,
      stuck: expect.any(String),
    });
    await expect(resend()).rejects.toThrow(letter.stuck);
    expect(queue.queued).toEqual([]);
  });
});

describe('a letter in the flush DLQ', () => {
  const flush = { kind: 'flush', roomId: 'lobby', id: 'one', from: 7, dueAt: 0 } as const;

  it.each([
    {
      description: 'a flush that SQS moved there',
      body: encodeRoomJob(flush),
      reason: /too often/,
    },
    {
      description: 'a poison flush that can be read by now',
      body: encodeLetter('kind: unknown', encodeRoomJob(flush)),
      reason: /^kind: unknown$/,
    },
  ])('goes back as it is: $description', async ({ body, reason }) => {
    const jobs = createInMemoryRoomJobs();
    const { resend, ...letter } = createFlushReader(jobs)(body);

    expect(letter).toEqual({ reason: expect.stringMatching(reason), roomIds: ['lobby'] });
    await resend();
    expect(jobs.queued).toEqual([{ delaySeconds: 0, job: flush }]);
  });

  it('stays when it still cannot be read', () => {
    const later = JSON.stringify({ ...flush, v: 2 });
    expect(createFlushReader(createInMemoryRoomJobs())(later)).toMatchObject({
      roomIds: ['lobby'],
      stuck: expect.any(String),
    });
  });
});

describe('a letter in the fan-out DLQ', () => {
  function read(body: string) {
    const fannedOut: unknown[] = [];
    const reader = createFanOutReader(async (records) => void fannedOut.push(...records));
    return { fannedOut, ...reader(body) };
  }

  it('is fanned out again when its record can be read by now', async () => {
    const record = aStreamRecord(aMessage());
    const { fannedOut, resend, ...letter } = read(encodeLetter('seq: expected number', record));

    expect(letter).toEqual({ reason: 'seq: expected number', roomIds: ['lobby'] });
    await resend();
    expect(fannedOut).toEqual([record]);
  });

  it.each([
    { description: 'text', body: 'garbage', roomIds: [] },
    { description: 'a letter without a record', body: encodeLetter('x', undefined), roomIds: [] },
    {
      description: 'a record that still cannot be read',
      body: encodeLetter('x', aStreamRecord(aMessage(), { roomId: { S: 'lobby' } })),
      roomIds: ['lobby'],
    },
    { description: 'a record that was cut', body: cut, roomIds: [] },
  ])('stays, with its room if that can be told: $description', async ({ body, roomIds }) => {
    const { fannedOut, resend, ...letter } = read(body);

    expect(letter).toMatchObject({ roomIds, stuck: expect.any(String) });
    await expect(resend()).rejects.toThrow(letter.stuck);
    expect(fannedOut).toEqual([]);
  });
});
