import { crc32 } from 'node:zlib';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type CloudLogOptions, createCloudLog } from '../../../operations/tail/cloud-log.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import { type Answer, type FakeAws, startFakeAws } from '../../support/fake-aws.ts';
import { createFakeClock, NOON } from '../../support/fake-clock.ts';

acceptCoreErrors();

let fake: FakeAws | undefined;
afterEach(() => fake?.close());

const MESSAGE_ID = '01KSVZYNVY0000000000000007';
const stored = JSON.stringify({
  message: 'stored',
  timestamp: '2026-11-16T12:00:00.012Z',
  roomId: 'lobby',
  seq: 7,
  messageId: MESSAGE_ID,
  receivedAt: NOON,
  duplicate: false,
});

interface Scene {
  /** What the log of the room holds. */
  past?: string[];
  /** What Live Tail brings, an update each. */
  live?: string[][];
  statuses?: string[];
}

async function readAll(
  { past = [], live = [], statuses = [] }: Scene,
  options: Partial<CloudLogOptions>,
) {
  const queries: Record<string, unknown>[] = [];
  const tails: Record<string, unknown>[] = [];
  const waits: number[] = [];
  const answers: Record<string, Answer> = {
    'Logs_20140328.StartQuery': (input) => {
      queries.push(input);
      return { queryId: String(queries.length) };
    },
    'Logs_20140328.GetQueryResults': ({ queryId }) => {
      const { queryString } = queries[Number(queryId) - 1] ?? {};
      const found = String(queryString).includes('messageId')
        ? past.filter((text) => text.includes(MESSAGE_ID))
        : past;
      const results = found.map((value) => [
        { field: '@message', value },
        { field: '@ptr', value: 'x' },
      ]);
      return { status: statuses.shift() ?? 'Complete', results };
    },
    'Logs_20140328.DescribeLogGroups': ({ logGroupNamePrefix: logGroupName }) => ({
      logGroups: [
        { logGroupName: `${logGroupName}-more`, logGroupArn: 'arn:more' },
        { logGroupName, logGroupArn: `arn:${logGroupName}` },
      ],
    }),
    'Logs_20140328.StartLiveTail': (input) => {
      tails.push(input);
      const updates = live.map((texts) =>
        toEvent('sessionUpdate', { sessionResults: texts.map((message) => ({ message })) }),
      );
      return Buffer.concat([toEvent('initial-response', {}), ...updates]);
    },
  };
  fake = await startFakeAws(answers);
  // Live Tail has a host of its own, which loopback has not.
  const client = new CloudWatchLogsClient({ ...fake.config, disableHostPrefix: true });
  const source = createCloudLog({
    client,
    logGroupNames: ['send', 'deliver'],
    subject: { kind: 'room', roomId: 'lobby' },
    since: NOON - 60_000,
    follow: false,
    clock: createFakeClock(),
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });
  const lines: string[] = [];
  for await (const texts of source(new AbortController().signal)) lines.push(...texts);
  return { lines, queries, tails, waits };
}

/** A message of an event stream, as it travels. https://smithy.io/2.0/aws/amazon-eventstream.html */
function toEvent(type: string, payload: object): Buffer {
  const headers = Buffer.concat(
    Object.entries({
      ':message-type': 'event',
      ':event-type': type,
      ':content-type': 'application/json',
    }).map(([name, value]) => {
      const size = Buffer.alloc(2);
      size.writeUInt16BE(value.length);
      return Buffer.concat([
        Buffer.from([name.length]),
        Buffer.from(name),
        Buffer.from([7]),
        size,
        Buffer.from(value),
      ]);
    }),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(headers.length + body.length + 16, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const checked = Buffer.concat([prelude, headers, body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(checked));
  return Buffer.concat([checked, sum]);
}

describe('the log of a deployed stack', () => {
  it('is asked for one room, and waited for', async () => {
    const past = [stored, '{"message":"else"}'];
    const { lines, queries, waits } = await readAll(
      { past, statuses: ['Scheduled', 'Running'] },
      {},
    );

    expect(lines).toEqual(past);
    expect(queries).toEqual([
      {
        logGroupNames: ['send', 'deliver'],
        startTime: (NOON - 60_000) / 1_000,
        endTime: NOON / 1_000 + 1,
        queryString: 'fields @message | filter roomId = "lobby" | sort @timestamp asc',
        limit: 10_000,
      },
    ]);
    expect(waits).toEqual([500, 500]);
  });

  it('is asked for a message first, and then for its room', async () => {
    const subject = { kind: 'message', messageId: MESSAGE_ID } as const;
    const { lines, queries } = await readAll({ past: [stored] }, { subject });

    expect(lines).toEqual([stored]);
    expect(
      queries.map(({ queryString }) => /filter (.+?) \|/.exec(String(queryString))?.[1]),
    ).toEqual([`messageId = "${MESSAGE_ID}"`, 'roomId = "lobby"']);
  });

  it('goes on with what Live Tail brings, and shows once what both have', async () => {
    const scene = { past: [stored], live: [[stored, '{"n":1}'], ['{"n":2}']] };
    const { lines, tails } = await readAll(scene, { follow: true });

    expect(lines).toEqual([stored, '{"n":1}', '{"n":2}']);
    expect(tails).toEqual([
      {
        logGroupIdentifiers: ['arn:send', 'arn:deliver'],
        logEventFilterPattern: '{ $.roomId = "lobby" }',
      },
    ]);
  });

  it('says when Logs Insights ends a query', async () => {
    await expect(readAll({ statuses: ['Timeout'] }, {})).rejects.toThrow(
      'Logs Insights ended the query with the status Timeout.',
    );
  });
});
