import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ready } from '../../client/ready.ts';
import { createLogFile, type LogFile } from '../../local/log-file.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { reachLocalStack, type StackAccess } from '../../operations/common/stack-access.ts';
import { createChecks } from '../../operations/doctor/checks.ts';
import { examine } from '../../operations/doctor/finding.ts';
import { createLocalLog } from '../../operations/tail/local-log.ts';
import { tail } from '../../operations/tail/tail.ts';
import { systemClock } from '../../shared/lambda/time.ts';
import { synthesizedApp, temporaryDirectory } from '../support/assembly.ts';
import { openMember } from '../support/chat-member.ts';
import { acceptCoreErrors } from '../support/core-errors.ts';
import { createEventLog } from '../support/event-log.ts';

acceptCoreErrors();

/** Functions start cold, and each command is a process of its own. */
const BUSY_MACHINE_MS = 60_000;
const HOUR_MS = 3_600_000;

const cleanUps: (() => unknown)[] = [];
let stack: LocalStack;
let logFile: LogFile;
let dataDir: string;
let access: StackAccess;
let ann: ReturnType<typeof openMember>;

beforeAll(async () => {
  const [assembly, data] = [await synthesizedApp(), temporaryDirectory()];
  cleanUps.push(assembly.remove, data.remove);
  dataDir = data.path;
  logFile = createLogFile(dataDir);
  cleanUps.push(logFile.close);
  stack = await startLocalStack({
    dataDir,
    assemblyDir: assembly.path,
    port: 0,
    streamPollMs: 20,
    onProblem: (problem) => process.stderr.write(`${problem}\n`),
    onLog: logFile.write,
  });
  cleanUps.push(stack.stop);
  access = await reachLocalStack(dataDir);
  // Patient: a send that is repeated on a busy machine would be stations of its own.
  const patient = { userId: 'ann', requestTimeoutMs: BUSY_MACHINE_MS };
  ann = openMember(stack.webSocketUrl, 'lobby', patient);
  cleanUps.push(() => ann.client.close());
  await ready(ann.room);
}, 120_000);
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

/** What a person at a terminal sees of `npm run <command>`. */
function run(command: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`../../operations/${command}/main.ts`, import.meta.url));
  const all = [path, '--data', dataDir, ...args];
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, all, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

/**
 * What is left of a connection that was opened an hour ago and ended without a goodbye: its own row, or
 * its side of memberships. The room's side would be announced to the room, and that post finds the
 * connection gone at once.
 */
async function leaveRows(connectionId: string, ...roomIds: string[]): Promise<void> {
  const client = DynamoDBDocumentClient.from(access.dynamoDb);
  const { ConnectionsTableName, MembershipsTableName } = access.outputs;
  const openedAt = Date.now() - HOUR_MS;
  const expiresAt = Math.ceil((openedAt + 2 * HOUR_MS) / 1_000);
  const common = { v: 1, userId: 'ben', expiresAt };
  const put = (TableName: string, Item: Record<string, unknown>) =>
    client.send(new PutCommand({ TableName, Item: { ...common, ...Item } }));

  for (const member of roomIds) {
    const partition = `connection#${connectionId}`;
    await put(MembershipsTableName, { partition, member, shard: 0, joinedAt: openedAt });
  }
  if (roomIds.length > 0) return;
  await put(ConnectionsTableName, { connectionId, connectedAt: openedAt });
}

describe('tail', () => {
  const STATIONS = ['received', 'stored', 'fan-out', 'enqueued', 'delivered'];
  const stationsIn = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/)[1]);

  it(
    'follows a room, or one message of it, through all stations, and shows no text',
    async () => {
      const first = await ann.room.send('for ann alone');
      await ann.reached(first.seq);
      await stack.idle();
      const second = await ann.room.send('for ann alone');
      await ann.reached(second.seq);
      await stack.idle();
      logFile.flush();

      const [room, message, nothing] = await Promise.all([
        run('tail', '--room', 'lobby'),
        run('tail', '--message', second.messageId),
        run('tail', '--room', 'hall'),
      ]);
      expect(room.stderr + message.stderr).toBe('');
      expect(stationsIn(room.stdout)).toEqual([...STATIONS, ...STATIONS]);
      expect(stationsIn(message.stdout)).toEqual(STATIONS);
      expect(message.stdout).toMatch(
        new RegExp(`stored {5}lobby {6}2 {2}${second.messageId} {2}\\+\\d+ ms$`, 'm'),
      );
      expect(message.stdout).toMatch(/delivered {2}lobby {6}2 {2}1 of 1 {2}\+\d+ ms$/m);
      expect(room.stdout).not.toContain('alone');
      expect(nothing).toMatchObject({ status: 1, stdout: '' });
      expect(nothing.stderr).toContain('Nothing was logged of room hall since');
    },
    BUSY_MACHINE_MS,
  );

  it(
    'goes on with what comes, until it is told to stop',
    async () => {
      const shown = createEventLog<string>();
      const stopping = new AbortController();
      const following = tail(createLocalLog({ dataDir, follow: true }), {
        subject: { kind: 'room', roomId: 'lobby' },
        since: Date.now(),
        signal: stopping.signal,
        show: shown.add,
      });
      try {
        const { seq } = await ann.room.send('and now');
        await shown.find('the delivery', (text) => text.includes(`delivered  lobby      ${seq}`));
      } finally {
        stopping.abort();
      }

      expect(await following).toBe(STATIONS.length);
    },
    BUSY_MACHINE_MS,
  );
});

/** What is planted, and how it is undone. */
type Fault = [finding: string, about: string, plant: () => Promise<() => Promise<unknown>>];

const letterIn = (output: 'DeliveryDlqUrl' | 'FanOutDlqUrl' | 'FlushDlqUrl') => async () => {
  const QueueUrl = access.outputs[output];
  await access.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a letter' }));
  return () => access.sqs.send(new PurgeQueueCommand({ QueueUrl }));
};

const FAULTS: Fault[] = [
  ['dead-letters', 'DeliveryDlq', letterIn('DeliveryDlqUrl')],
  ['dead-letters', 'FanOutDlq', letterIn('FanOutDlqUrl')],
  ['dead-letters', 'FlushDlq', letterIn('FlushDlqUrl')],
  [
    'batches-given-up',
    '1 batch',
    async () => {
      const batch = { Bucket: access.outputs.GivenUpBucketName, Key: 'aws/lambda/mapping/batch' };
      await access.s3.send(new PutObjectCommand({ ...batch, Body: '{}' }));
      return () => access.s3.send(new DeleteObjectCommand(batch));
    },
  ],
  [
    'queue-without-dlq',
    'DeliveryQueue',
    async () => {
      const QueueUrl = access.outputs.DeliveryQueueUrl;
      const { Attributes = {} } = await access.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
      );
      const set = (RedrivePolicy = '') =>
        access.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
      await set();
      return () => set(Attributes.RedrivePolicy);
    },
  ],
];

const examined = () =>
  examine(
    createChecks(
      access,
      {
        cloudWatch: new CloudWatchClient(),
        logs: new CloudWatchLogsClient(),
        quotas: new ServiceQuotasClient(),
      },
      systemClock,
    ),
  );

const oneFinding = (name: string, about: string) => [
  expect.objectContaining({ name, what: expect.stringContaining(about) }),
];

describe('doctor and sweep, on a local stack', () => {
  it(
    'find nothing where all is well',
    async () => {
      const [doctor, sweep] = await Promise.all([run('doctor'), run('sweep', '--dry-run')]);

      expect(doctor).toMatchObject({ status: 0, stderr: '' });
      expect(doctor.stdout).toContain('Nothing is wrong.');
      expect(sweep).toMatchObject({ status: 0 });
      expect(sweep.stdout).toMatch(/^0 rows would be removed, \d+ kept\.$/m);
    },
    BUSY_MACHINE_MS,
  );

  it.each(FAULTS)('doctor finds %s (%s), and nothing else', async (name, about, plant) => {
    const undo = await plant();
    const { findings, failed } = await examined();
    await undo();

    expect(failed).toEqual([]);
    expect(findings).toEqual(oneFinding(name, about));
    expect((await examined()).findings).toEqual([]);
  });

  it(
    'doctor finds dead rows, and sweep removes them and nothing else',
    async () => {
      await leaveRows('bG9zdCBvbmUgeWV=');
      expect((await examined()).findings).toEqual(oneFinding('dead-connections', '1 of 2 rows'));
      await leaveRows('bG9zdCB0d28geWV=', 'lobby', 'hall');
      const both = await examined();
      expect(both.findings.map(({ name }) => name)).toEqual([
        'dead-connections',
        'dead-memberships',
      ]);

      const swept = await run('sweep', '--rate', '1000');
      expect(swept).toMatchObject({ status: 0 });
      expect(swept.stdout).toMatch(/^1 +connections +gone: removed$/m);
      expect(swept.stdout).toMatch(/^2 +memberships +gone: removed$/m);
      expect((await examined()).findings).toEqual([]);
      expect(await run('sweep')).toMatchObject({ stdout: expect.stringMatching(/^0 rows/m) });
    },
    BUSY_MACHINE_MS,
  );

  it('doctor finds a stream that is off, and a table that is missing', async () => {
    const tableOf = (name: string) =>
      access.resources.find(({ logicalId }) => logicalId.startsWith(name))?.physicalId;
    const off = { StreamEnabled: false };
    await access.dynamoDb.send(
      new UpdateTableCommand({ TableName: tableOf('Memberships'), StreamSpecification: off }),
    );
    expect((await examined()).findings).toEqual(oneFinding('stream-off', 'Memberships'));
    await access.dynamoDb.send(new DeleteTableCommand({ TableName: tableOf('Receipts') }));

    const { findings } = await examined();
    expect(findings.map(({ name }) => name)).toEqual(['table-missing', 'stream-off']);
  });
});

describe('every command', () => {
  it.each(['redrive', 'doctor', 'sweep', 'tail'])(
    '%s helps, and names a bad option',
    async (name) => {
      const [help, bad] = await Promise.all([run(name, '--help'), run(name, '--nonsense')]);

      expect(help.status).toBe(0);
      expect(help.stdout).toMatch(new RegExp(`^Usage: npm run ${name} `));
      expect(bad).toMatchObject({ status: 2, stdout: '' });
      expect(bad.stderr).toBe(`Unknown option '--nonsense'. See npm run ${name} -- --help.\n`);
    },
  );
});
