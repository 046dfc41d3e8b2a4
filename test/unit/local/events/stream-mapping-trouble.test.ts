import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import type { StreamMappingModel } from '../../../../local/template/model.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { done, STREAM_ARN, sequences, thrown } from './stream-fixtures.ts';
import { type Respond, range, setUpStreamMapping } from './stream-mapping-fixture.ts';

let clock: FakeClock;
let stop: (() => Promise<void>) | undefined;

beforeEach(() => {
  clock = createFakeClock();
});
afterEach(async () => {
  if (stop) await clock.runUntil(stop());
  stop = undefined;
});

function setUp(
  overrides?: Partial<StreamMappingModel>,
  respond?: Respond,
  world?: Parameters<typeof setUpStreamMapping>[3],
) {
  const running = setUpStreamMapping(clock, overrides, respond, world);
  stop = running.mapping.stop;
  return running;
}

describe('a stream mapping in trouble', () => {
  it('tells the onFailure destination what was given up, and goes on', async () => {
    const { mapping, stream, told, invoked } = setUp(
      { maxRetryAttempts: 1, batchSize: 2, onFailure: { kind: 'bucket', id: 'given-up' } },
      (records) => (sequences(records) === '1 2' ? thrown : done),
    );
    const records = range(1, 3);
    stream.append(records);
    mapping.start();
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['1 2', '1 2', '3']);
    expect(told).toEqual([
      {
        requestId: 'request-1',
        functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:fan-out',
        condition: 'RetryAttemptsExhausted',
        invokeCount: 2,
        functionError: true,
        atMs: Date.parse('2026-01-01T00:00:00.100Z'),
        shardId: 'shard-1',
        streamArn: STREAM_ARN,
        records: records.slice(0, 2),
      },
    ]);
    expect(mapping.stats()).toMatchObject({ finished: 3, givenUp: 2 });
  });

  it('holds the shard until the onFailure destination has been told', async () => {
    const { mapping, stream, told, invoked } = setUp(
      { maxRetryAttempts: 0, batchSize: 1, onFailure: { kind: 'queue', id: 'fan-out-dlq' } },
      (records) => (sequences(records) === '1' ? thrown : done),
      { failOnFailure: 3 },
    );
    stream.append(range(1, 2));
    mapping.start();
    await clock.advance(300);
    expect({ told, invoked }).toEqual({ told: [], invoked: ['1'] });
    await clock.runUntil(mapping.idle());
    expect(told).toHaveLength(1);
    expect(invoked).toEqual(['1', '2']);
  });

  it('survives an engine that is down, and says so', async () => {
    const { mapping, stream, invoked, problems } = setUp();
    stream.failNext(5);
    stream.append(range(1, 2));
    mapping.start();
    await clock.runUntil(mapping.idle());
    stream.failNext(3);
    stream.append(range(3, 4));
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['1 2', '3 4']);
    expect(problems).toHaveLength(8);
    expect(problems[0]).toMatch(/^messages-to-fan-out: cannot list the shards .*ECONNREFUSED/);
  });

  it('hands over again what came after a mark, in order, and goes on', async () => {
    const { mapping, stream, checkpoints, invoked } = setUp({ batchSize: 2 });
    mapping.start();
    stream.append(range(1, 2));
    await clock.runUntil(mapping.idle());
    const mark = mapping.mark();
    stream.append(range(3, 5));
    await clock.runUntil(mapping.idle());
    mapping.rewind(mark);
    stream.append(range(6, 6));
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['1 2', '3 4', '5', '3 4', '5 6']);
    expect(mapping.stats().pending).toBe(0);
    expect(await checkpoints.load(`messages-to-fan-out ${STREAM_ARN} shard-1`)).toBe('6');
  });

  it('hands over everything again after a mark from before the first record', async () => {
    const { mapping, stream, invoked } = setUp({ startingPosition: 'LATEST' });
    mapping.start();
    await clock.runUntil(mapping.idle());
    const mark = mapping.mark();
    stream.append(range(1, 3));
    await clock.runUntil(mapping.idle());
    mapping.rewind(mark);
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['1 2 3', '1 2 3']);
  });

  it('finishes what is under way before it hands anything over again', async () => {
    const running = Promise.withResolvers<InvokeResult>();
    let calls = 0;
    const { mapping, stream, invoked } = setUp({ batchSize: 1 }, () => {
      calls += 1;
      return calls === 1 ? running.promise : done;
    });
    mapping.start();
    await clock.settle();
    const mark = mapping.mark();
    stream.append(range(1, 2));
    await clock.advance(250);
    mapping.rewind(mark);
    await clock.advance(1_000);
    expect(invoked).toEqual(['1']);
    running.resolve(done);
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['1', '2', '1', '2']);
    expect(mapping.stats().pending).toBe(0);
  });

  it('waits at stop for the running invocation and keeps its result', async () => {
    const running = Promise.withResolvers<InvokeResult>();
    const { mapping, stream, checkpoints } = setUp({ batchSize: 1 }, () => running.promise);
    stream.append(range(1, 2));
    mapping.start();
    await clock.settle();
    const stopped = mapping.stop();
    await clock.advance(5_000);
    running.resolve(done);
    await stopped;
    expect(await checkpoints.load(`messages-to-fan-out ${STREAM_ARN} shard-1`)).toBe('1');
  });

  it('waits at stop no longer than ten seconds', async () => {
    const { mapping, stream } = setUp({}, () => new Promise<never>(() => {}));
    stream.append(range(1, 1));
    mapping.start();
    await clock.settle();
    const stopped = mapping.stop();
    await clock.advance(10_000);
    await stopped;
    expect(mapping.stats().pending).toBe(1);
  });

  it('can be stopped before it is started', async () => {
    await setUp().mapping.stop();
  });
});
