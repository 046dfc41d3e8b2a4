import { PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createRoomJobQueue } from '../../../shared/aws/queues.ts';
import { decodeRoomJob } from '../../../shared/aws/room-job.ts';
import { loseRequests } from '../../support/fault-proxy.ts';
import { type Engines, startEngines } from './engines.ts';

let engines: Engines;

beforeAll(async () => {
  engines = await startEngines();
}, 60_000);
afterAll(() => engines?.stop());
afterEach(async () => {
  engines.sqs.intercept();
  await engines.sqsClient.send(new PurgeQueueCommand({ QueueUrl: engines.names.FLUSH_QUEUE_URL }));
});

const queue = () =>
  createRoomJobQueue({ client: engines.sqsClient, queueUrl: engines.names.FLUSH_QUEUE_URL });
const flush = {
  kind: 'flush',
  roomId: 'lobby',
  id: 'one',
  from: 7,
  dueAt: 1_250,
  seen: 4,
} as const;

async function receive() {
  const { Messages = [] } = await engines.sqsClient.send(
    new ReceiveMessageCommand({ QueueUrl: engines.names.FLUSH_QUEUE_URL }),
  );
  return Messages;
}

describe('the queue of rooms', () => {
  it('gives a flush as it was sent, in the group of its room', async () => {
    await queue().send(flush);

    const [message] = await receive();
    expect(decodeRoomJob(message?.Body ?? '')).toEqual(flush);
    const sent = engines.sqs.calls.find(({ operation }) => operation === 'SendMessage');
    expect(sent?.input).toMatchObject({ MessageGroupId: 'lobby' });
  });

  it('keeps it back for the seconds that it is told', async () => {
    await queue().send(flush, 900);

    expect(await receive()).toEqual([]);
  });

  it('says so when it cannot be reached', async () => {
    engines.sqs.intercept(loseRequests);

    await expect(queue().send(flush)).rejects.toThrow();
  });
});
