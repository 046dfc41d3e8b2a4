import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createS3Client } from '../../local/engines/provision-buckets.ts';
import type { RunningStack } from '../../local/running-stack.ts';
import { encodeLetter } from '../../shared/aws/dead-letter.ts';
import { encodeJob } from '../../shared/aws/delivery-job.ts';
import { openMember } from '../support/chat-member.ts';
import { openSocket } from '../support/chat-socket.ts';
import { acceptCoreErrors } from '../support/core-errors.ts';
import { aDeliveryJob } from '../support/delivery-jobs.ts';
import { type OwnStack, startOwnStack } from '../support/local-stack.ts';
import { aMessage } from '../support/log-entries.ts';
import { aStreamRecord } from '../support/stream-events.ts';

acceptCoreErrors();

const REDRIVE = fileURLToPath(new URL('../../operations/redrive/main.ts', import.meta.url));

/** Functions start cold and redrive is a process of its own: seconds, and many times that beside others. */
const BUSY_MACHINE_MS = 90_000;

const cleanUps: (() => unknown)[] = [];
const problems: string[] = [];
let stack: OwnStack;
let running: RunningStack;
let sqs: SQSClient;

beforeAll(async () => {
  stack = await startOwnStack({ onProblem: (problem) => problems.push(problem) });
  cleanUps.push(stack.stop);
  running = JSON.parse(readFileSync(join(stack.dataDir, 'running.json'), 'utf8'));
  sqs = new SQSClient({ ...signedLocally(), endpoint: running.endpoints.sqs });
  cleanUps.push(() => sqs.destroy());
}, 120_000);
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

const signedLocally = () => ({
  region: running.region,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

const enqueue = (output: string, MessageBody: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl: running.outputs[output], MessageBody }));

/** What a person at a terminal sees of both dead-letter queues. */
async function redriveBoth(...args: string[]): Promise<{ fanOut: string; delivery: string }> {
  const redrive = (dlq: string) =>
    new Promise<string>((resolve) => {
      const all = [REDRIVE, '--dlq', dlq, '--data', stack.dataDir, ...args];
      execFile(process.execPath, all, (_, stdout, stderr) => resolve(stdout || stderr));
    });
  const [fanOut, delivery] = await Promise.all([redrive('fan-out'), redrive('delivery')]);
  return { fanOut, delivery };
}

describe('a poison stream record and a poison job', () => {
  it(
    'block nothing: the next message of the room arrives, and both are dead letters',
    async () => {
      const ann = openMember(stack.webSocketUrl, 'lobby', { userId: 'ann' });
      cleanUps.push(() => ann.client.close());
      await ann.room.send('first');

      const dynamoDb = new DynamoDBClient({
        ...signedLocally(),
        endpoint: running.endpoints.dynamoDb,
      });
      cleanUps.push(() => dynamoDb.destroy());
      const Item = { roomId: { S: 'lobby' }, seq: { N: '2' }, kind: { S: 'message' } };
      await dynamoDb.send(new PutItemCommand({ TableName: 'Messages', Item }));
      await enqueue('DeliveryQueueUrl', 'garbage');
      await ann.room.send('second');
      await ann.reached(3);

      expect(ann.messages.map(({ seq, text }) => [seq, text])).toEqual([
        [1, 'first'],
        [3, 'second'],
      ]);
      expect(ann.resets).toEqual([]);
      await stack.idle();
      const { fanOut, delivery } = await redriveBoth('--dry-run');
      expect(fanOut).toMatch(/^1 +lobby +\d+ s +The log entry cannot be read\. v: .* stays: /m);
      expect(delivery).toMatch(
        /^1 +\(unknown\) +\d+ s +The delivery job cannot be read\. It is no JSON\. +stays: /m,
      );
      expect(problems).toEqual([]);
    },
    BUSY_MACHINE_MS,
  );
});

describe('redrive', () => {
  it(
    'moves what can be moved to the members, and keeps the rest',
    async () => {
      const ben = await openSocket(stack.webSocketUrl, { userId: 'ben', roomId: 'hall' });
      cleanUps.push(() => ben.close());
      const { connection } = await ben.request({ action: 'where am I?' });
      const { connectionId } = connection as { connectionId: string };
      const message = (seq: number) => aMessage({ roomId: 'hall', seq, text: `redriven ${seq}` });
      const job = (seq: number) => {
        const frames = [
          JSON.stringify({ type: 'messages', roomId: 'hall', messages: [message(seq)] }),
        ];
        return encodeJob(
          aDeliveryJob({ roomId: 'hall', frames, connectionIds: [connectionId], hops: 5 }),
        );
      };
      await enqueue('FanOutDlqUrl', encodeLetter('mended since', aStreamRecord(message(1))));
      const s3 = createS3Client(running.endpoints.s3);
      cleanUps.push(() => s3.destroy());
      await s3.send(
        new PutObjectCommand({
          Bucket: running.outputs.GivenUpBucketName,
          Key: 'aws/lambda/mapping/shard/2026/01/01/batch',
          Body: JSON.stringify({
            requestContext: { condition: 'RetryAttemptsExhausted' },
            payload: JSON.stringify({ Records: [aStreamRecord(message(2))] }),
          }),
        }),
      );
      await enqueue('DeliveryDlqUrl', encodeLetter('mended since', job(3)));
      await enqueue('DeliveryDlqUrl', job(4));

      const { fanOut, delivery } = await redriveBoth();
      expect(fanOut).toMatch(/^2 moved, 1 stay\.$/m);
      expect(delivery).toMatch(/^2 moved, 1 stay\.$/m);
      const received = await ben.messages('hall', 4);
      expect(received.map(({ seq, text }) => [seq, text])).toEqual(
        [1, 2, 3, 4].map((seq) => [seq, `redriven ${seq}`]),
      );
    },
    BUSY_MACHINE_MS,
  );
});
