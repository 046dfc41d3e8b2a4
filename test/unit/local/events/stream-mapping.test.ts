import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import type { StreamMappingModel } from '../../../../local/template/model.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import {
  createMemoryStream,
  done,
  failed,
  STREAM_ARN,
  sequences,
  streamRecord,
} from './stream-fixtures.ts';
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

describe('a stream mapping', () => {
  it('hands over what is in the stream, in batches, in order', async () => {
    const { mapping, stream, invoked } = setUp({ batchSize: 3 });
    stream.append(range(1, 7));
    mapping.start();
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['1 2 3', '4 5 6', '7']);
    expect(mapping.stats()).toEqual({
      read: 7,
      matching: 7,
      finished: 7,
      givenUp: 0,
      pending: 0,
    });
  });

  it('finds later records with its next poll', async () => {
    const { mapping, stream, invoked } = setUp();
    mapping.start();
    await clock.runUntil(mapping.idle());
    stream.append(range(1, 2));
    await clock.advance(250);
    expect(invoked).toEqual(['1 2']);
  });

  it('fills batches with matching records only and moves on past the others', async () => {
    const { mapping, stream, invoked, checkpoints } = setUp({
      batchSize: 2,
      filters: [{ eventName: ['INSERT'] }],
    });
    stream.append([
      streamRecord(1),
      streamRecord(2, { eventName: 'REMOVE' }),
      streamRecord(3),
      streamRecord(4),
      streamRecord(5, { eventName: 'MODIFY' }),
    ]);
    mapping.start();
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['1 3', '4']);
    expect(await checkpoints.load(`messages-to-fan-out ${STREAM_ARN} shard-1`)).toBe('5');
  });

  it('ends a batch at 6 MB', async () => {
    const { mapping, stream, invoked } = setUp();
    const big = range(1, 3).map((record) => ({
      ...record,
      dynamodb: { ...record.dynamodb, NewImage: { text: { S: 'x'.repeat(2_500_000) } } },
    }));
    stream.append(big);
    mapping.start();
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['1 2', '3']);
  });

  it('waits for the batch window unless the batch is full before', async () => {
    const { mapping, stream, invoked } = setUp({ batchWindowMs: 2_000, batchSize: 3 });
    stream.append(range(1, 2));
    mapping.start();
    await clock.advance(1_900);
    expect(invoked).toEqual([]);
    await clock.advance(200);
    expect(invoked).toEqual(['1 2']);
    stream.append(range(3, 4));
    await clock.advance(300);
    expect(invoked).toEqual(['1 2']);
    stream.append(range(5, 5));
    await clock.advance(300);
    expect(invoked).toEqual(['1 2', '3 4 5']);
  });

  it('goes on after its checkpoint when started anew', async () => {
    const first = setUp({ batchSize: 2 });
    first.stream.append(range(1, 2));
    first.mapping.start();
    await clock.runUntil(first.mapping.idle());
    await clock.runUntil(first.mapping.stop());

    const second = setUp({}, undefined, first);
    second.stream.append(range(3, 4));
    second.mapping.start();
    await clock.runUntil(second.mapping.idle());
    expect(second.invoked).toEqual(['3 4']);
  });

  it('hands over again what was not finished when it stopped', async () => {
    const first = setUp({}, () => failed('2'));
    first.stream.append(range(1, 3));
    first.mapping.start();
    await clock.settle();
    await clock.runUntil(first.mapping.stop());
    const second = setUp({}, undefined, first);
    second.mapping.start();
    await clock.runUntil(second.mapping.idle());
    expect(second.invoked).toEqual(['2 3']);
  });

  it('starts behind what is there with LATEST', async () => {
    const { mapping, stream, invoked } = setUp({ startingPosition: 'LATEST' });
    stream.append(range(1, 2));
    mapping.start();
    await clock.runUntil(mapping.idle());
    stream.append(range(3, 3));
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['3']);
  });

  it('reads a child shard only after its parent is done to the end', async () => {
    const stream = createMemoryStream([
      { shardId: 'parent' },
      { shardId: 'child', parentShardId: 'parent' },
    ]);
    const { mapping, invoked } = setUp({}, undefined, { stream });
    stream.append(range(1, 2), 'parent');
    stream.append(range(3, 4), 'child');
    mapping.start();
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['1 2']);
    stream.close('parent');
    await clock.advance(500);
    expect(invoked).toEqual(['1 2', '3 4']);
  });

  it('lets items overtake each other with a parallelization factor, but no record of one item', async () => {
    const blocked = Promise.withResolvers<InvokeResult>();
    const { mapping, stream, invoked, checkpoints } = setUp(
      { parallelizationFactor: 10, batchSize: 1 },
      (records) => (sequences(records) === '1' ? blocked.promise : done),
    );
    const rooms = Array.from({ length: 20 }, (_, i) =>
      streamRecord(10 + i, { roomId: `room-${i}` }),
    );
    stream.append([streamRecord(1), streamRecord(2), ...rooms]);
    mapping.start();
    await clock.advance(1_000);
    expect(invoked.length).toBeGreaterThan(5);
    expect(invoked).not.toContain('2');
    const key = `messages-to-fan-out ${STREAM_ARN} shard-1`;
    expect(await checkpoints.load(key)).toBeUndefined();
    blocked.resolve(done);
    await clock.runUntil(mapping.idle());
    expect(invoked.indexOf('1')).toBeLessThan(invoked.indexOf('2'));
    expect(invoked).toHaveLength(22);
    expect(await checkpoints.load(key)).toBe('29');
  });
});
