import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ENGINE_CREDENTIALS } from '../../../local/engines/credentials.ts';
import { provisionQueues } from '../../../local/engines/provision-queues.ts';
import { type SqsEngine, startSqs } from '../../../local/engines/sqs.ts';
import type { QueueModel } from '../../../local/template/model.ts';
import { createCleanup, createDataDir, createSqsClient, neverExits } from './engines-support.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

const STOP_LIMIT_MS = 2_000;
const redriveTo = (queueName: string, maxReceiveCount: number) =>
  JSON.stringify({
    deadLetterTargetArn: `arn:aws:sqs:eu-central-1:123456789012:${queueName}`,
    maxReceiveCount,
  });

const jobs: QueueModel = {
  id: 'Jobs',
  queueName: 'jobs',
  attributes: { VisibilityTimeout: '0', RedrivePolicy: redriveTo('jobs-dlq', 3) },
};
const deadJobs: QueueModel = {
  id: 'JobsDlq',
  queueName: 'jobs-dlq',
  attributes: { MessageRetentionPeriod: '1209600', SqsManagedSseEnabled: 'true' },
};

async function start(dataDir?: string): Promise<SqsEngine & { client: SQSClient }> {
  const engine = await startSqs({
    ...(dataDir !== undefined && { dataDir }),
    onExit: neverExits,
  });
  cleanup.defer(engine.stop);
  return { ...engine, client: createSqsClient(cleanup, engine.endpoint) };
}

const attributesOf = async (client: SQSClient, queueUrl: string) =>
  (
    await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
    )
  ).Attributes;

describe.each([
  { description: 'in memory', stored: false },
  { description: 'on disk', stored: true },
])('the embedded SQS, with queues $description', ({ stored }) => {
  const dataDir = () => (stored ? createDataDir(cleanup) : undefined);

  it('moves a message to the dead-letter queue after as many receives as the template says', async () => {
    const { client, queueUrl } = await start(dataDir());
    await provisionQueues(client, [jobs, deadJobs]);
    await client.send(
      new SendMessageCommand({ QueueUrl: queueUrl('jobs'), MessageBody: 'poison' }),
    );
    const receive = async (queueName: string) =>
      (
        await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl(queueName),
            MessageSystemAttributeNames: ['ApproximateReceiveCount'],
          }),
        )
      ).Messages?.[0];
    for (const count of ['1', '2', '3']) {
      expect((await receive('jobs'))?.Attributes?.ApproximateReceiveCount).toBe(count);
    }
    expect(await receive('jobs')).toBeUndefined();
    expect((await receive('jobs-dlq'))?.Body).toBe('poison');
  });

  it('gives a message back at once when its visibility is set to 0', async () => {
    const { client, queueUrl } = await start(dataDir());
    await provisionQueues(client, [{ ...deadJobs, queueName: 'plain' }]);
    const url = queueUrl('plain');
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'again' }));
    const first = (await client.send(new ReceiveMessageCommand({ QueueUrl: url }))).Messages?.[0];
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: first?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    const second = (
      await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      )
    ).Messages?.[0];
    expect(second).toMatchObject({
      Body: 'again',
      Attributes: { ApproximateReceiveCount: '2' },
    });
  });

  it('stops within two seconds although a long poll is waiting', async () => {
    const { client, queueUrl, stop } = await start(dataDir());
    await provisionQueues(client, [deadJobs]);
    const poll = client
      .send(new ReceiveMessageCommand({ QueueUrl: queueUrl('jobs-dlq'), WaitTimeSeconds: 20 }))
      .catch(() => undefined);
    // Answered after the poll has arrived, since both use the server's one thread in turn.
    await attributesOf(client, queueUrl('jobs-dlq'));
    const startedAt = performance.now();
    await stop();
    client.destroy();
    await poll;
    expect(performance.now() - startedAt).toBeLessThan(STOP_LIMIT_MS);
  });
});

it('keeps messages, their receive counts and what is in flight over a restart', async () => {
  const dataDir = createDataDir(cleanup);
  const queues = [
    { ...jobs, attributes: { ...jobs.attributes, VisibilityTimeout: '600' } },
    deadJobs,
  ];
  const first = await start(dataDir);
  await provisionQueues(first.client, queues);
  await first.client.send(
    new SendMessageBatchCommand({
      QueueUrl: first.queueUrl('jobs'),
      Entries: ['a', 'b', 'c'].map((body) => ({ Id: body, MessageBody: body })),
    }),
  );
  const { Messages: [done, held] = [] } = await first.client.send(
    new ReceiveMessageCommand({ QueueUrl: first.queueUrl('jobs'), MaxNumberOfMessages: 2 }),
  );
  await first.client.send(
    new DeleteMessageCommand({
      QueueUrl: first.queueUrl('jobs'),
      ReceiptHandle: done?.ReceiptHandle,
    }),
  );
  await first.stop();

  const second = await start(dataDir);
  await provisionQueues(second.client, queues);
  const url = second.queueUrl('jobs');
  expect(await attributesOf(second.client, url)).toMatchObject({
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
  });
  await second.client.send(
    new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: held?.ReceiptHandle }),
  );
  const { Messages = [] } = await second.client.send(
    new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
  );
  expect(Messages.map((message) => message.Body)).toEqual(['c']);
  await second.stop();

  // What happened to queues that were read from disk is on disk as well.
  const third = await start(dataDir);
  expect(await attributesOf(third.client, third.queueUrl('jobs'))).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '1',
  });
});

it('brings the attributes of an existing queue in line with a changed template', async () => {
  const { client, queueUrl } = await start();
  await provisionQueues(client, [jobs, deadJobs]);
  await provisionQueues(client, [
    { ...jobs, attributes: { VisibilityTimeout: '90', RedrivePolicy: redriveTo('jobs-dlq', 5) } },
    deadJobs,
  ]);
  const changed = await attributesOf(client, queueUrl('jobs'));
  expect(changed?.VisibilityTimeout).toBe('90');
  expect(JSON.parse(changed?.RedrivePolicy ?? '')).toMatchObject({ maxReceiveCount: 5 });

  await provisionQueues(client, [{ ...jobs, attributes: {} }, deadJobs]);
  expect((await attributesOf(client, queueUrl('jobs')))?.RedrivePolicy).toBeUndefined();
});

it('says why it does not start, and leaves the data directory free', async () => {
  const dataDir = createDataDir(cleanup);
  const { endpoint } = await start();
  const port = Number(new URL(endpoint).port);
  await expect(startSqs({ dataDir, port })).rejects.toThrow(/did not start: .*EADDRINUSE/);
  await start(dataDir);
});

it('refuses a queue that redrives to one that no template has', async () => {
  const { client } = await start();
  await expect(provisionQueues(client, [jobs])).rejects.toThrow('jobs redrives to jobs-dlq');
});

it('answers an SDK client that takes the endpoint from the queue URL', async () => {
  const { client, queueUrl } = await start();
  await provisionQueues(client, [deadJobs]);
  const ignore = () => {};
  const other = new SQSClient({
    region: 'ap-south-1',
    credentials: ENGINE_CREDENTIALS,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  cleanup.defer(() => other.destroy());
  const url = queueUrl('jobs-dlq');
  await other.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }));
  expect(await attributesOf(client, url)).toMatchObject({ ApproximateNumberOfMessages: '1' });
});
