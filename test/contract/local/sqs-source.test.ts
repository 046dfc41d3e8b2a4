import { CreateQueueCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../local/clock.ts';
import { type SqsEngine, startSqs } from '../../../local/engines/sqs.ts';
import { createQueueMapping } from '../../../local/events/queue-mapping.ts';
import type { QueueRecord, QueueSource } from '../../../local/events/queue-source.ts';
import { createSqsSource } from '../../../local/events/sqs-source.ts';
import { createCleanup, createSqsClient } from './engines-support.ts';

const cleanup = createCleanup();
const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:delivery';
const running = new AbortController().signal;
let engine: SqsEngine;
let client: SQSClient;
let queueCount = 0;
let queueUrl: string;
let source: QueueSource;

beforeAll(async () => {
  engine = await startSqs();
  cleanup.defer(engine.stop);
  client = createSqsClient(cleanup, engine.endpoint);
});
afterAll(() => cleanup.run());
beforeEach(async () => {
  queueCount += 1;
  const QueueName = `delivery-${queueCount}`;
  await client.send(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: '60' } }));
  queueUrl = engine.queueUrl(QueueName);
  source = createSqsSource({
    client,
    queueUrl,
    queueArn: QUEUE_ARN,
    region: 'eu-west-1',
    visibilityTimeoutMs: 60_000,
  });
});

const send = (MessageBody: string) =>
  client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));

describe('a queue of an SQS engine', () => {
  it('is read in the shape that Lambda hands over', async () => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: '{"roomId":"lobby"}',
        MessageAttributes: {
          hop: { DataType: 'Number', StringValue: '1' },
          raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
        },
      }),
    );
    expect(await source.receive(10, 0, running)).toEqual([
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptHandle: expect.any(String),
        body: '{"roomId":"lobby"}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {
          hop: { stringValue: '1', stringListValues: [], binaryListValues: [], dataType: 'Number' },
          raw: {
            binaryValue: 'AQID',
            stringListValues: [],
            binaryListValues: [],
            dataType: 'Binary',
          },
        },
        md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
        md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventSource: 'aws:sqs',
        eventSourceARN: QUEUE_ARN,
        awsRegion: 'eu-west-1',
      },
    ]);
  });

  it('hands a message to a long poll as soon as it is sent', async () => {
    const received = source.receive(10, 20_000, running);
    await send('now');
    expect(await received).toMatchObject([{ body: 'now' }]);
  });

  it('ends a long poll at once when told to', async () => {
    const stop = new AbortController();
    const received = source.receive(10, 20_000, stop.signal);
    stop.abort();
    expect(await received).toEqual([]);
  });

  it('deletes more than ten at a time', async () => {
    for (let i = 0; i < 12; i += 1) await send(`message ${i}`);
    const all = [
      ...(await source.receive(10, 0, running)),
      ...(await source.receive(10, 0, running)),
    ];
    expect(all).toHaveLength(12);
    await source.remove(all.map((record) => record.receiptHandle));
    expect(await source.receive(10, 0, running)).toEqual([]);
  });

  it('rejects while the engine is away', async () => {
    const away = createSqsSource({
      client: createSqsClient(cleanup, 'http://127.0.0.1:1'),
      queueUrl,
      queueArn: QUEUE_ARN,
      region: 'eu-west-1',
    });
    await expect(away.receive(1, 0, running)).rejects.toThrow();
    await expect(away.remove(['handle'])).rejects.toThrow();
  });

  it('feeds a mapping, which leaves only what failed', async () => {
    const seen: string[] = [];
    const mapping = createQueueMapping({
      mapping: {
        id: 'mapping',
        functionId: 'deliver',
        queueId: 'delivery',
        batchSize: 10,
        batchWindowMs: 0,
        reportBatchItemFailures: true,
        filters: [],
        maxConcurrency: 2,
      },
      queue: source,
      clock: systemClock,
      async invoke(_, payload) {
        const { Records } = payload as { Records: QueueRecord[] };
        seen.push(...Records.map((record) => record.body));
        const batchItemFailures = Records.filter((record) => record.body === 'poison').map(
          ({ messageId }) => ({ itemIdentifier: messageId }),
        );
        return { status: 'returned', payload: { batchItemFailures } };
      },
    });
    await send('poison');
    for (let i = 0; i < 30; i += 1) await send(`message ${i}`);
    mapping.start();
    await mapping.idle();
    expect(new Set(seen).size).toBe(31);
    expect(mapping.stats()).toMatchObject({ received: 31, done: 30, failed: 1 });
    await send('later');
    await mapping.idle();
    expect(seen.at(-1)).toBe('later');
    await mapping.stop();
    expect(mapping.stats()).toMatchObject({ polling: 0, running: 0 });
  });
});
