import { describe, expect, it } from '@jest/globals';
import { type AbandonedBatch, processStreamBatch } from '../../../../local/events/stream-batch.ts';
import type { StreamRecord } from '../../../../local/events/stream-record.ts';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import type { StreamMappingModel } from '../../../../local/template/model.ts';
import { createFakeClock } from './fake-clock.ts';
import {
  done,
  failed,
  sequences,
  streamMapping,
  streamRecord,
  throttled,
  thrown,
} from './stream-fixtures.ts';

type Respond = (records: StreamRecord[], invocation: number) => InvokeResult;

async function run(
  records: StreamRecord[],
  mapping: Partial<StreamMappingModel>,
  respond: Respond,
  { clock = createFakeClock(), stopAfter = Number.POSITIVE_INFINITY } = {},
) {
  const invoked: string[] = [];
  const finished: string[] = [];
  const givenUp: (AbandonedBatch & { seqs: string })[] = [];
  const problems: string[] = [];
  const stop = new AbortController();
  const startedAt = clock.now();
  await clock.runUntil(
    processStreamBatch(records, {
      mapping: streamMapping(mapping),
      async invoke(_, payload) {
        const { Records } = payload as { Records: StreamRecord[] };
        invoked.push(sequences(Records));
        if (invoked.length === stopAfter) stop.abort();
        return respond(Records, invoked.length);
      },
      clock,
      signal: stop.signal,
      onFinished: (part) => finished.push(sequences(part)),
      async onGivenUp(batch) {
        givenUp.push({ ...batch, seqs: sequences(batch.records) });
        return true;
      },
      onProblem: (problem) => problems.push(problem),
    }),
  );
  return { invoked, finished, givenUp, problems, tookMs: clock.now() - startedAt };
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => streamRecord(i + 1));
const poison =
  (sequence: string, answer: (records: StreamRecord[]) => InvokeResult): Respond =>
  (records) =>
    records.some((record) => record.dynamodb.SequenceNumber === sequence) ? answer(records) : done;

describe('a batch of a stream', () => {
  it.each<{
    description: string;
    mapping?: Partial<StreamMappingModel>;
    respond: Respond;
    invoked: string[];
    finished: string[];
    givenUp?: string[];
  }>([
    {
      description: 'is finished at once when all went well',
      respond: () => done,
      invoked: ['1 2 3 4'],
      finished: ['1 2 3 4'],
    },
    {
      description: 'is retried from the lowest failed record, in whatever order they are reported',
      respond: (_, n) => (n === 1 ? failed('4', '3') : done),
      invoked: ['1 2 3 4', '3 4'],
      finished: ['1 2', '3 4'],
    },
    {
      description: 'is retried as a whole when the function throws',
      respond: (_, n) => (n === 1 ? thrown : done),
      invoked: ['1 2 3 4', '1 2 3 4'],
      finished: ['1 2 3 4'],
    },
    {
      description: 'is retried as a whole when the report names an unknown record',
      respond: (_, n) => (n === 1 ? failed('3', '99') : done),
      invoked: ['1 2 3 4', '1 2 3 4'],
      finished: ['1 2 3 4'],
    },
    {
      description: 'is retried as a whole when the report has an empty id',
      respond: (_, n) => (n === 1 ? failed('') : done),
      invoked: ['1 2 3 4', '1 2 3 4'],
      finished: ['1 2 3 4'],
    },
    {
      description: 'is finished whatever it answers when reports are off',
      mapping: { reportBatchItemFailures: false },
      respond: () => failed('3'),
      invoked: ['1 2 3 4'],
      finished: ['1 2 3 4'],
    },
    {
      description: 'is given up after its retries',
      respond: () => thrown,
      invoked: ['1 2 3 4', '1 2 3 4', '1 2 3 4'],
      finished: ['1 2 3 4'],
      givenUp: ['1 2 3 4'],
    },
    {
      description: 'is given up from the failed record on after its retries',
      respond: () => failed('3'),
      invoked: ['1 2 3 4', '3 4', '3 4'],
      finished: ['1 2', '3 4'],
      givenUp: ['3 4'],
    },
    {
      description: 'is given up at once without retries',
      mapping: { maxRetryAttempts: 0 },
      respond: () => thrown,
      invoked: ['1 2 3 4'],
      finished: ['1 2 3 4'],
      givenUp: ['1 2 3 4'],
    },
    {
      description: 'is not charged for throttles',
      mapping: { maxRetryAttempts: 0 },
      respond: (_, n) => (n <= 6 ? throttled : done),
      invoked: Array.from({ length: 7 }, () => '1 2 3 4'),
      finished: ['1 2 3 4'],
    },
    {
      description: 'is halved down to the poison record, in order, without using up retries',
      mapping: { bisectOnError: true, maxRetryAttempts: 1 },
      respond: poison('3', () => thrown),
      invoked: ['1 2 3 4', '1 2', '3 4', '3', '3', '4'],
      finished: ['1 2', '3', '4'],
      givenUp: ['3'],
    },
    {
      description: 'is split at the reported record when bisecting',
      mapping: { bisectOnError: true, maxRetryAttempts: 1 },
      respond: poison('3', () => failed('3')),
      invoked: ['1 2 3 4', '3 4', '3', '3', '4'],
      finished: ['1 2', '3', '4'],
      givenUp: ['3'],
    },
    {
      description: 'is retried without end when retries are not limited',
      mapping: { maxRetryAttempts: -1 },
      respond: (_, n) => (n < 40 ? thrown : done),
      invoked: Array.from({ length: 40 }, () => '1 2 3 4'),
      finished: ['1 2 3 4'],
    },
  ])('$description', async ({ mapping = {}, respond, invoked, finished, givenUp = [] }) => {
    const result = await run(numbered(4), mapping, respond);
    expect(result).toMatchObject({ invoked, finished });
    expect(result.givenUp.map((batch) => batch.seqs)).toEqual(givenUp);
  });

  it('says how often it was invoked and why it was given up', async () => {
    const { givenUp } = await run(numbered(2), { maxRetryAttempts: 1 }, () => thrown);
    expect(givenUp).toMatchObject([
      { condition: 'RetryAttemptsExhausted', invokeCount: 2, functionError: true },
    ]);
  });

  it('backs off between retries, longer each time, up to five seconds', async () => {
    const { tookMs } = await run(numbered(1), { maxRetryAttempts: 8 }, () => thrown);
    expect(tookMs).toBe(100 + 200 + 400 + 800 + 1_600 + 3_200 + 5_000 + 5_000);
  });

  it('gives up the records that are too old before they are tried, and goes on with the rest', async () => {
    const clock = createFakeClock();
    const old = [1, 2].map((n) => streamRecord(n, { atMs: clock.now() - 61_000 }));
    const young = [3, 4].map((n) => streamRecord(n, { atMs: clock.now() - 59_000 }));
    const { invoked, finished, givenUp } = await run(
      [...old, ...young],
      { maxRecordAgeMs: 60_000 },
      () => done,
      { clock },
    );
    expect(givenUp).toMatchObject([
      { seqs: '1 2', condition: 'RecordAgeExceeded', invokeCount: 0 },
    ]);
    expect(invoked).toEqual(['3 4']);
    expect(finished).toEqual(['1 2', '3 4']);
  });

  it('is given up once it grows too old between retries', async () => {
    const clock = createFakeClock();
    const { givenUp } = await run(
      [streamRecord(1, { atMs: clock.now() })],
      { maxRecordAgeMs: 60_000, maxRetryAttempts: -1 },
      () => thrown,
      { clock },
    );
    expect(givenUp).toMatchObject([{ condition: 'RecordAgeExceeded', functionError: true }]);
    expect(givenUp[0]?.invokeCount).toBeGreaterThan(10);
  });

  it('is left unfinished when the mapping stops between retries', async () => {
    const { invoked, finished } = await run(numbered(2), {}, () => thrown, { stopAfter: 1 });
    expect({ invoked, finished }).toEqual({ invoked: ['1 2'], finished: [] });
  });

  it('keeps what was done by the invocation during which the mapping stopped', async () => {
    const { finished } = await run(numbered(2), {}, () => failed('2'), { stopAfter: 1 });
    expect(finished).toEqual(['1']);
  });

  it('counts a failing invoker as a failed attempt', async () => {
    const { problems, givenUp } = await run(numbered(1), { maxRetryAttempts: 0 }, () => {
      throw new Error('no such function');
    });
    expect(givenUp).toHaveLength(1);
    expect(problems.join()).toContain('no such function');
  });
});
