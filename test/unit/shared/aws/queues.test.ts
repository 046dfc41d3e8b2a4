import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { decodeJob, encodeJob } from '../../../../shared/aws/delivery-job.ts';
import { createDeadLetters, createDeliveryQueue } from '../../../../shared/aws/queues.ts';
import { byteLength } from '../../../../shared/domain/bytes.ts';
import { aDeliveryJob } from '../../../support/delivery-jobs.ts';
import {
  anSdkError,
  answers,
  createFakeSdkClient,
  type SentCommand,
  throws,
} from '../../../support/fake-sdk-client.ts';
import { XML_TEXT } from '../../../support/xml-text.ts';

interface Entry {
  Id: string;
  MessageBody: string;
  MessageGroupId: string;
  DelaySeconds?: number;
}

const entriesOf = ({ input }: SentCommand) => input.Entries as Entry[];
const recipientsOf = (command: SentCommand) =>
  entriesOf(command).flatMap(({ MessageBody }) => decodeJob(MessageBody).connectionIds);
const jobs = (count: number) =>
  Array.from({ length: count }, (_, index) => aDeliveryJob({ connectionIds: [`c${index}`] }));

function aQueue(...script: ((command: SentCommand) => unknown)[]) {
  const { client, sent } = createFakeSdkClient<SQSClient>(...script);
  const backoff = { wait: async () => {} };
  return { sent, queue: createDeliveryQueue({ client, queueUrl: 'https://queue', backoff }) };
}

const busy = (Id: string) => ({ Id, Code: 'InternalError', SenderFault: false });

describe('the delivery queue', () => {
  it('takes ten jobs per request, each in the group of its room', async () => {
    const { queue, sent } = aQueue(answers({}));

    await queue.send(jobs(23), 4);

    expect(sent.map((command) => entriesOf(command).length)).toEqual([10, 10, 3]);
    expect(sent.flatMap(recipientsOf)).toEqual(jobs(23).flatMap((job) => job.connectionIds));
    for (const entry of sent.flatMap(entriesOf)) {
      expect(entry).toMatchObject({ MessageGroupId: 'lobby', DelaySeconds: 4 });
    }
    const ids = sent.map((command) => new Set(entriesOf(command).map(({ Id }) => Id)).size);
    expect(ids).toEqual([10, 10, 3]);
  });

  it('takes no more bytes per request than SQS does', async () => {
    const { queue, sent } = aQueue(answers({}));
    const large = jobs(7).map((job) => ({ ...job, frames: ['漢'.repeat(100_000)] }));

    await queue.send(large);

    expect(sent.map((command) => entriesOf(command).length)).toEqual([3, 3, 1]);
    for (const command of sent) {
      const bytes = entriesOf(command).map(({ MessageBody }) => byteLength(MessageBody));
      expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_048_576);
    }
  });

  it('sends nothing for no jobs', async () => {
    const { queue, sent } = aQueue(answers({}));

    await queue.send([]);

    expect(sent).toEqual([]);
  });

  it('sends again what failed inside a 200, and only that', async () => {
    const { queue, sent } = aQueue(answers({ Failed: [busy('1'), busy('3')] }), answers({}));

    await queue.send(jobs(5));

    expect(sent.map(recipientsOf)).toEqual([
      ['c0', 'c1', 'c2', 'c3', 'c4'],
      ['c1', 'c3'],
    ]);
  });

  it('says so when a job stays behind', async () => {
    const { queue, sent } = aQueue(answers({ Failed: [busy('0')] }));

    await expect(queue.send(jobs(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(sent).toHaveLength(4);
  });

  it('does not repeat a job that SQS will never take', async () => {
    const refused = { Id: '0', Code: 'InvalidMessageContents', SenderFault: true };
    const { queue, sent } = aQueue(answers({ Failed: [refused] }));

    await expect(queue.send(jobs(1))).rejects.toThrow('InvalidMessageContents');
    expect(sent).toHaveLength(1);
  });

  it('fails when one of several requests fails', async () => {
    const { queue } = aQueue(answers({}), throws(anSdkError('RequestThrottled', 400)));

    await expect(queue.send(jobs(11))).rejects.toMatchObject({ name: 'RequestThrottled' });
  });
});

describe('dead letters', () => {
  async function letterOf(record: unknown) {
    const { client, sent } = createFakeSdkClient<SQSClient>(answers({}));
    await createDeadLetters({ client, queueUrl: 'https://dlq' }).add({ reason: 'broken', record });
    const { MessageBody, QueueUrl } = (sent[0]?.input ?? {}) as {
      MessageBody: string;
      QueueUrl: string;
    };
    expect(QueueUrl).toBe('https://dlq');
    return MessageBody;
  }

  it('keep the record and the reason', async () => {
    expect(JSON.parse(await letterOf({ seq: 1 }))).toEqual({
      v: 1,
      reason: 'broken',
      record: { seq: 1 },
    });
  });

  it.each([
    ['cut a record that is too large', '漢"'.repeat(500_000)],
    ['cut a record in the middle of a character', '😀'.repeat(500_000)],
  ])('%s, rather than lose it', async (_title, record) => {
    const body = await letterOf(record);

    expect(byteLength(body)).toBeLessThan(1_048_576);
    expect(JSON.parse(body).truncatedRecord.length).toBe(120_000);
  });

  it('keep the largest job whole, so that it can be moved back', async () => {
    const job = encodeJob(aDeliveryJob({ frames: Array(8).fill('漢"'.repeat(7_000)) }));

    expect(JSON.parse(await letterOf(job))).toEqual({ v: 1, reason: 'broken', record: job });
  });

  it('take characters that SQS would refuse', async () => {
    expect(await letterOf('a\uFFFEb\uFFFF\u0000')).toMatch(XML_TEXT);
  });

  it('take a record that is nothing', async () => {
    expect(JSON.parse(await letterOf(undefined))).toEqual({ v: 1, reason: 'broken' });
  });
});
