import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../local/clock.ts';
import { ENGINE_CREDENTIALS } from '../../../local/engines/credentials.ts';
import { startDynamoDb } from '../../../local/engines/dynamodb.ts';
import { provision } from '../../../local/engines/provision.ts';
import { createS3Client } from '../../../local/engines/provision-buckets.ts';
import { startSqs } from '../../../local/engines/sqs.ts';
import { createMemoryCheckpointStore } from '../../../local/events/checkpoint-store.ts';
import { startMappings } from '../../../local/events/start-mappings.ts';
import type { StackModel, StreamMappingModel } from '../../../local/template/model.ts';
import { noTrace } from '../../../local/trace.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import {
  createCleanup,
  createDataDir,
  createDynamoDbClient,
  createSqsClient,
  messagesTable,
  neverExits,
} from './engines-support.ts';

acceptCoreErrors();

const cleanup = createCleanup();
afterEach(() => cleanup.run());

const bucket = { id: 'GivenUp', bucketName: 'given-up' };
const queue = { id: 'Dlq', queueName: 'dlq', attributes: {} };
const mapping: StreamMappingModel = {
  id: 'MessagesStream',
  uuid: 'messages-stream',
  functionId: 'fan-out',
  tableId: messagesTable.id,
  batchSize: 100,
  batchWindowMs: 0,
  reportBatchItemFailures: true,
  filters: [],
  startingPosition: 'TRIM_HORIZON',
  maxRetryAttempts: 0,
  maxRecordAgeMs: -1,
  bisectOnError: false,
  parallelizationFactor: 1,
};

/** A stack whose only function fails, and says what it was handed. */
async function startFailing(onFailure: NonNullable<StreamMappingModel['onFailure']>) {
  const dynamoDb = await startDynamoDb({ dataDir: createDataDir(cleanup), onExit: neverExits });
  cleanup.defer(dynamoDb.stop);
  const sqs = await startSqs({ onExit: neverExits });
  cleanup.defer(sqs.stop);
  const model = {
    region: 'eu-central-1',
    accountId: '000000000000',
    tables: [messagesTable],
    queues: [queue],
    buckets: [bucket],
    functions: [],
    streamMappings: [{ ...mapping, onFailure }],
    queueMappings: [],
  } satisfies Partial<StackModel>;
  const { streamArns } = await provision({
    model,
    dynamoDbEndpoint: dynamoDb.endpoint,
    sqsEndpoint: sqs.endpoint,
  });
  const streams = new DynamoDBStreamsClient({
    endpoint: dynamoDb.endpoint,
    region: model.region,
    credentials: ENGINE_CREDENTIALS,
  });
  cleanup.defer(() => streams.destroy());
  const s3 = createS3Client(sqs.endpoint);
  cleanup.defer(() => s3.destroy());
  const sqsClient = createSqsClient(cleanup, sqs.endpoint);

  const client = createDynamoDbClient(cleanup, dynamoDb.endpoint);
  for (const seq of ['1', '2']) {
    const Item = { roomId: { S: 'lobby' }, seq: { N: seq }, text: { S: 'odd \u0000 😀' } };
    await client.send(new PutItemCommand({ TableName: 'Messages', Item }));
  }
  const handed: unknown[] = [];
  const mappings = await startMappings({
    model: model as unknown as StackModel,
    streams,
    streamArns,
    sqs: sqsClient,
    queueUrl: sqs.queueUrl,
    s3,
    isExpiry: () => false,
    checkpoints: createMemoryCheckpointStore(),
    concurrencyCap: 1,
    clock: systemClock,
    trace: noTrace,
    streamPollMs: 10,
    onProblem: () => {},
    invoke: async (_, payload) => {
      handed.push(payload);
      return { status: 'function-error', cause: 'handler', errorType: 'Error', message: 'broken' };
    },
  });
  cleanup.defer(mappings.stop);
  await mappings.idle();
  return { handed, s3, sqs: sqsClient, queueUrl: sqs.queueUrl('dlq') };
}

describe('a batch of a stream that was given up', () => {
  it('is kept with its records in the bucket of the mapping', async () => {
    const { handed, s3 } = await startFailing({ kind: 'bucket', id: bucket.id });

    const Bucket = bucket.bucketName;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents).toHaveLength(1);
    const Key = Contents[0]?.Key ?? '';
    expect(Key).toMatch(/^aws\/lambda\/[^/]{36}\/[^/]+\/\d{4}\/\d\d\/\d\d\/[^/]+$/);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const { payload, ...description } = JSON.parse((await Body?.transformToString()) ?? '');
    expect(description).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 1 },
      DDBStreamBatchInfo: { batchSize: 2 },
    });
    expect([JSON.parse(payload)]).toEqual(handed);
  });

  it('is only told of to a queue', async () => {
    const { sqs, queueUrl } = await startFailing({ kind: 'queue', id: queue.id });

    const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl });
    const { Messages: [message] = [] } = await sqs.send(receive);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({ DDBStreamBatchInfo: { batchSize: 2 } });
    expect(message?.Body).not.toContain('payload');
  });
});
