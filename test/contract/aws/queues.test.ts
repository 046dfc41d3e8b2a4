import {
  GetQueueAttributesCommand,
  type Message,
  PurgeQueueCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJob } from '../../../shared/aws/delivery-job.ts';
import { createDeadLetters, createDeliveryQueue } from '../../../shared/aws/queues.ts';
import { byteLength } from '../../../shared/domain/bytes.ts';
import type { DeliveryQueue } from '../../../shared/domain/ports.ts';
import { aDeliveryJob } from '../../support/delivery-jobs.ts';
import type { EngineCall, Intercept } from '../../support/fault-proxy.ts';
import { loseReplies, loseRequests } from '../../support/fault-proxy.ts';
import { type Engines, startEngines } from './engines.ts';

const SQS_MAX_BYTES = 1_048_576;

let engines: Engines;
let queue: DeliveryQueue;

beforeAll(async () => {
  engines = await startEngines();
  queue = createDeliveryQueue({
    client: engines.sqsClient,
    queueUrl: engines.names.DELIVERY_QUEUE_URL,
    backoff: { wait: async () => {} },
  });
}, 60_000);
afterAll(() => engines?.stop());
beforeEach(() => {
  engines.sqs.calls.length = 0;
});
afterEach(async () => {
  engines.sqs.intercept();
  const { DELIVERY_QUEUE_URL, DELIVERY_DLQ_URL, FAN_OUT_DLQ_URL } = engines.names;
  for (const QueueUrl of [DELIVERY_QUEUE_URL, DELIVERY_DLQ_URL, FAN_OUT_DLQ_URL]) {
    await engines.sqsClient.send(new PurgeQueueCommand({ QueueUrl }));
  }
});

const jobsTo = (count: number, overrides = {}) =>
  Array.from({ length: count }, (_, index) =>
    aDeliveryJob({ connectionIds: [`c-${String(index).padStart(3, '0')}=`], ...overrides }),
  );

/** What waits in a queue, ten at a time, until a request brings nothing. */
async function receiveAll(QueueUrl: string, visibilitySeconds = 60): Promise<Message[]> {
  const received: Message[] = [];
  for (;;) {
    const { Messages = [] } = await engines.sqsClient.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    received.push(...Messages);
    if (Messages.length === 0 || visibilitySeconds === 0) return received;
  }
}
const waitingJobs = async () =>
  (await receiveAll(engines.names.DELIVERY_QUEUE_URL)).map(({ Body = '' }) => decodeJob(Body));
const recipientsOf = (jobs: { connectionIds: string[] }[]) =>
  jobs.flatMap(({ connectionIds }) => connectionIds).toSorted();

const attribute = async (QueueUrl: string, name: QueueAttributeName) => {
  const { Attributes } = await engines.sqsClient.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }),
  );
  return Attributes?.[name];
};

interface Entry {
  Id: string;
  MessageBody: string;
}
const entriesOf = ({ input }: EngineCall) => input.Entries as Entry[];
const sendCalls = () =>
  engines.sqs.calls.filter(({ operation }) => operation === 'SendMessageBatch');

describe('the delivery queue', () => {
  it('hands over jobs as they were sent', async () => {
    const job = aDeliveryJob({
      frames: ['{"text":"Grüße 😀 \u0000 \uFFFE \uFFFF"}', '{}'],
      connectionIds: ['a=', 'b='],
      hops: 3,
    });

    await queue.send([job]);
    expect(await waitingJobs()).toEqual([job]);
  });

  it('takes ten jobs per request, and none is lost or doubled', async () => {
    const jobs = jobsTo(23);

    await queue.send(jobs);

    expect(recipientsOf(await waitingJobs())).toEqual(recipientsOf(jobs));
    expect(sendCalls()).toHaveLength(3);
  });

  it('splits jobs of more than 1 MiB over requests, characters of several bytes included', async () => {
    const jobs = jobsTo(8, { frames: ['漢'.repeat(80_000)] });

    await queue.send(jobs);

    expect(recipientsOf(await waitingJobs())).toEqual(recipientsOf(jobs));
    for (const call of sendCalls()) {
      const sizes = entriesOf(call).map(({ MessageBody }) => byteLength(MessageBody));
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(SQS_MAX_BYTES);
    }
  });

  it('takes a job that nearly fills a request', async () => {
    const job = aDeliveryJob({ frames: ['x'.repeat(999_000)] });

    await queue.send([job]);
    expect(await waitingJobs()).toEqual([job]);
  });

  it('refuses a job that SQS will never take, and does not repeat it', async () => {
    const tooLarge = aDeliveryJob({ frames: ['x'.repeat(SQS_MAX_BYTES)] });

    await expect(queue.send([tooLarge])).rejects.toThrow();
    expect(sendCalls()).toHaveLength(1);
    expect(await waitingJobs()).toEqual([]);
  });

  it('holds a job back for as long as it is told', async () => {
    const { DELIVERY_QUEUE_URL } = engines.names;

    await queue.send(jobsTo(2), 900);

    expect(await waitingJobs()).toEqual([]);
    const delayed = await attribute(DELIVERY_QUEUE_URL, 'ApproximateNumberOfMessagesDelayed');
    expect(delayed).toBe('2');
  });

  it('names the room as the group of every job', async () => {
    await queue.send([aDeliveryJob({ roomId: 'red' }), aDeliveryJob({ roomId: 'blue' })]);

    const groups = sendCalls()
      .flatMap(entriesOf)
      .map((entry) => ({ ...entry }));
    expect(groups).toMatchObject([{ MessageGroupId: 'red' }, { MessageGroupId: 'blue' }]);
  });

  it('sends again what failed inside a 200, and only that', async () => {
    engines.sqs.intercept(failOnce('1', '3'));
    const jobs = jobsTo(5);

    await queue.send(jobs);

    expect(sendCalls().map((call) => entriesOf(call).map(({ Id }) => Id))).toEqual([
      ['0', '1', '2', '3', '4'],
      ['1', '3'],
    ]);
    expect(recipientsOf(await waitingJobs())).toEqual(recipientsOf(jobs));
  });

  it('may double jobs whose reply was lost, and loses none', async () => {
    engines.sqs.intercept(loseReplies('SendMessageBatch', 1));
    const jobs = jobsTo(3);

    await queue.send(jobs);

    const twice = [...recipientsOf(jobs), ...recipientsOf(jobs)].toSorted();
    expect(recipientsOf(await waitingJobs())).toEqual(twice);
  });

  it('says so when the jobs could not be sent', async () => {
    engines.sqs.intercept(loseRequests);

    await expect(queue.send(jobsTo(1))).rejects.toThrow();
  });

  it('moves a job to the dead letters once it has been received five times in vain', async () => {
    const { DELIVERY_QUEUE_URL, DELIVERY_DLQ_URL } = engines.names;
    const [job = aDeliveryJob()] = jobsTo(1);
    await queue.send([job]);

    const counts: (string | undefined)[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const received = await receiveAll(DELIVERY_QUEUE_URL, 0);
      counts.push(...received.map(({ Attributes }) => Attributes?.ApproximateReceiveCount));
    }

    expect(counts).toEqual(['1', '2', '3', '4', '5']);
    const dead = await receiveAll(DELIVERY_DLQ_URL);
    expect(dead.map(({ Body = '' }) => decodeJob(Body))).toEqual([job]);
  });
});

describe('dead letters', () => {
  const lettersIn = async (queueUrl: string) =>
    (await receiveAll(queueUrl)).map(({ Body = '' }) => JSON.parse(Body));
  const addTo = (queueUrl: string, record: unknown) =>
    createDeadLetters({ client: engines.sqsClient, queueUrl }).add({
      reason: 'unreadable',
      record,
    });

  it.each(['FAN_OUT_DLQ_URL', 'DELIVERY_DLQ_URL'] as const)(
    'wait in %s with their reason',
    async (name) => {
      const record = { seq: 1, text: 'odd \u0000 \uFFFE 😀' };

      await addTo(engines.names[name], record);
      expect(await lettersIn(engines.names[name])).toEqual([
        { v: 1, reason: 'unreadable', record },
      ]);
    },
  );

  it('take a record larger than SQS does, cut rather than lost', async () => {
    await addTo(engines.names.FAN_OUT_DLQ_URL, '漢'.repeat(1_000_000));

    const [letter] = await lettersIn(engines.names.FAN_OUT_DLQ_URL);
    expect(letter).toMatchObject({ reason: 'unreadable', truncatedRecord: /^"漢+$/ });
  });

  it('are not said to be there when they are not', async () => {
    engines.sqs.intercept(loseRequests);

    await expect(addTo(engines.names.FAN_OUT_DLQ_URL, {})).rejects.toThrow();
  });
});

/** The first request keeps the entries with these ids back and reports them as failed. */
function failOnce(...ids: string[]): Intercept {
  let done = false;
  return async (call, forward) => {
    if (done || call.operation !== 'SendMessageBatch') return forward();
    done = true;
    const taken = entriesOf(call).filter(({ Id }) => !ids.includes(Id));
    const { status, body } = await forward({ ...call.input, Entries: taken });
    const Failed = ids.map((Id) => ({ Id, Code: 'InternalError', SenderFault: false }));
    return { status, body: { ...body, Failed } };
  };
}
