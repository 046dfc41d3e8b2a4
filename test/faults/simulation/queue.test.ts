import { beforeEach, expect, it } from '@jest/globals';
import { decodeJob } from '../../../shared/aws/delivery-job.ts';
import { createDeliveryQueue } from '../../../shared/aws/queues.ts';
import type { DeliveryQueue } from '../../../shared/domain/ports.ts';
import { aDeliveryJob } from '../../support/delivery-jobs.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { createSimulatedQueues, type SimulatedQueues } from './queue.ts';
import type { RequestFate } from './simulated-client.ts';

const QueueUrl = 'https://sqs.invalid/000000000000/delivery';

let clock: FakeClock;
let choice: (count: number) => number;
let queues: SimulatedQueues;
let fates: RequestFate[];
let queue: DeliveryQueue;

beforeEach(() => {
  clock = createFakeClock();
  choice = () => 0;
  queues = createSimulatedQueues({
    queues: [
      {
        queueName: 'delivery',
        attributes: {
          VisibilityTimeout: '180',
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
            maxReceiveCount: 2,
          }),
        },
      },
      { queueName: 'dead', attributes: {} },
    ],
    clock,
    choose: (count) => choice(count),
  });
  fates = [];
  queue = createDeliveryQueue({
    client: queues.client(async () => fates.shift() ?? 'ok'),
    queueUrl: QueueUrl,
    backoff: { wait: async () => {} },
  });
});

const send = (...recipients: string[]) =>
  queue.send(recipients.map((recipient) => aDeliveryJob({ connectionIds: [recipient] })));
type Received = { Body: string; ReceiptHandle: string }[];
function receive(max = 10): Received {
  const input = { QueueUrl, MaxNumberOfMessages: max };
  const { Messages = [] } = queues.perform('ReceiveMessage', input, 'ok') as {
    Messages?: Received;
  };
  return Messages;
}
const recipients = (received = receive()) =>
  received.map(({ Body }) => decodeJob(Body).connectionIds[0]);
const remove = (ReceiptHandle: string) =>
  queues.perform('DeleteMessage', { QueueUrl, ReceiptHandle }, 'ok');

it('hides what was received until its visibility timeout ends', async () => {
  await send('ann');

  expect(recipients()).toEqual(['ann']);
  clock.advance(179_999);
  expect(recipients()).toEqual([]);
  clock.advance(1);
  expect(recipients()).toEqual(['ann']);
});

it('deletes by the latest receipt only', async () => {
  await send('ann');
  const [first] = receive();
  clock.advance(180_000);
  const [second] = receive();

  remove(first?.ReceiptHandle ?? '');
  expect(queues.lettersIn(QueueUrl)).toHaveLength(1);
  remove(second?.ReceiptHandle ?? '');
  expect(queues.lettersIn(QueueUrl)).toHaveLength(0);
});

it('moves what was received too often to the dead letters', async () => {
  await send('ann');
  for (let received = 1; received <= 3; received += 1) {
    receive();
    clock.advance(180_000);
  }

  expect(queues.lettersIn(QueueUrl)).toHaveLength(0);
  expect(queues.lettersIn('dead')).toMatchObject([{ messageId: 'delivery-1', receiveCount: 0 }]);
});

it('hands messages out in the order that it is told', async () => {
  await send('ann', 'ben', 'cat');
  choice = (count) => count - 1;

  expect(recipients()).toEqual(['cat', 'ben', 'ann']);
});

it('doubles what was sent when the reply is lost, and loses nothing when half is refused', async () => {
  fates = ['lose-reply'];
  await send('ann');
  fates = ['partial'];
  await send('ben', 'cat', 'dan');

  expect(recipients().toSorted()).toEqual(['ann', 'ann', 'ben', 'cat', 'dan']);
});
