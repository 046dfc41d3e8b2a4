import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startDynamoDb } from '../../../local/engines/dynamodb.ts';
import { probe } from '../../../local/engines/http-probe.ts';
import { startInterruptible } from '../../../local/engines/interruptible.ts';
import { provision } from '../../../local/engines/provision.ts';
import { startSqs } from '../../../local/engines/sqs.ts';
import {
  createCleanup,
  createDataDir,
  createDynamoDbClient,
  createSqsClient,
  neverExits,
  smallModel,
} from './engines-support.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

async function startEngines() {
  const dataDir = createDataDir(cleanup);
  const dynamoDb = await startInterruptible((port) =>
    startDynamoDb({ dataDir, port, onExit: neverExits }),
  );
  cleanup.defer(dynamoDb.stop);
  const sqs = await startInterruptible((port) => startSqs({ dataDir, port, onExit: neverExits }));
  cleanup.defer(sqs.stop);
  await provision({
    model: smallModel,
    dynamoDbEndpoint: dynamoDb.endpoint,
    sqsEndpoint: sqs.endpoint,
  });
  return {
    dynamoDb,
    sqs,
    dynamoDbClient: createDynamoDbClient(cleanup, dynamoDb.endpoint),
    sqsClient: createSqsClient(cleanup, sqs.endpoint),
    queueUrl: sqs.queueUrl('jobs'),
  };
}

describe('an engine that is interrupted', () => {
  it('comes back at its address with what it acknowledged, to clients that never changed', async () => {
    const { dynamoDb, sqs, dynamoDbClient, sqsClient, queueUrl } = await startEngines();
    const Key = { roomId: { S: 'lobby' } };
    await dynamoDbClient.send(new PutItemCommand({ TableName: 'Rooms', Item: Key }));
    await sqsClient.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'job' }));

    for (const engine of [dynamoDb, sqs]) {
      await engine.interrupt();
      await expect(probe(engine.endpoint)).rejects.toThrow(/ECONNRESET|hang up/);
      await engine.resume();
    }

    const { Item } = await dynamoDbClient.send(new GetItemCommand({ TableName: 'Rooms', Key }));
    const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl });
    const { Messages } = await sqsClient.send(receive);
    expect(Item).toEqual(Key);
    expect(Messages).toEqual([expect.objectContaining({ Body: 'job' })]);
  });

  it('ends a call that waits for it, instead of leaving it to wait', async () => {
    const { sqs, sqsClient, queueUrl } = await startEngines();
    const send = sqsClient.send.bind(sqsClient);
    const waiting = send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 20 }));
    const ended = waiting.then(
      () => 'answered',
      () => 'failed',
    );
    await sqs.interrupt();
    expect(['answered', 'failed']).toContain(await ended);
  });

  it('gives its address back when it is stopped meanwhile, and does not come back', async () => {
    const { sqs } = await startEngines();
    await sqs.interrupt();
    await sqs.stop();
    await sqs.resume();
    await expect(probe(sqs.endpoint)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('bears to be interrupted or resumed twice', async () => {
    const { sqs } = await startEngines();
    await Promise.all([sqs.interrupt(), sqs.interrupt(), sqs.resume(), sqs.resume()]);
    await probe(sqs.endpoint);
  });
});
