import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { QueueMappingModel } from '../../../../local/template/model.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { VISIBILITY_TIMEOUT_MS } from './queue-fixtures.ts';
import { named, type Respond, setUpQueueMapping } from './queue-mapping-fixture.ts';
import { done, failed, throttled, thrown } from './stream-fixtures.ts';

let clock: FakeClock;
let stop: (() => Promise<void>) | undefined;

beforeEach(() => {
  clock = createFakeClock();
});
afterEach(async () => {
  if (stop) await clock.runUntil(stop());
  stop = undefined;
});

function setUp(overrides?: Partial<QueueMappingModel>, respond?: Respond, concurrencyCap?: number) {
  const running = setUpQueueMapping(clock, overrides, respond, concurrencyCap);
  stop = running.mapping.stop;
  return running;
}

describe('a batch of a queue', () => {
  it.each<{
    description: string;
    mapping?: Partial<QueueMappingModel>;
    respond: Respond;
    left: string[];
    problems?: number;
  }>([
    { description: 'is deleted when all went well', respond: () => done, left: [] },
    {
      description: 'loses only what is not reported as failed',
      respond: () => failed('m2'),
      left: ['b'],
    },
    {
      description: 'stays when the function throws',
      respond: () => thrown,
      left: ['a', 'b', 'c'],
      problems: 1,
    },
    {
      description: 'stays when the report names an unknown message',
      respond: () => failed('m9'),
      left: ['a', 'b', 'c'],
      problems: 1,
    },
    {
      description: 'stays when the report has an empty id',
      respond: () => failed(''),
      left: ['a', 'b', 'c'],
      problems: 1,
    },
    {
      description: 'stays when the report is no object',
      respond: () => ({ status: 'returned', payload: 'failed' }),
      left: ['a', 'b', 'c'],
      problems: 1,
    },
    {
      description: 'is deleted whatever is answered when reports are off',
      mapping: { reportBatchItemFailures: false },
      respond: () => failed('m2'),
      left: [],
    },
  ])('$description', async ({ mapping, respond, left, problems: count = 0 }) => {
    const { mapping: running, queue, invoked, problems } = setUp(mapping, respond);
    queue.send('a', 'b', 'c');
    running.start();
    await clock.runUntil(running.idle());
    expect(invoked).toEqual(['a b c']);
    expect(queue.left()).toEqual(left);
    expect(problems).toHaveLength(count);
    expect(running.stats()).toMatchObject({ done: 3 - left.length, failed: left.length });
  });

  it('comes back after the visibility timeout when it failed', async () => {
    const { mapping, queue, invoked } = setUp({}, (_, n) => (n === 1 ? failed('m1') : done));
    queue.send('a', 'b');
    mapping.start();
    await clock.advance(VISIBILITY_TIMEOUT_MS - 1);
    expect(invoked).toEqual(['a b']);
    await clock.advance(1);
    expect(invoked).toEqual(['a b', 'a']);
    expect(queue.left()).toEqual([]);
  });

  it('is tried again while throttled, and is no failure', async () => {
    const { mapping, queue, invoked } = setUp({}, (_, n) => (n <= 3 ? throttled : done));
    queue.send('a');
    mapping.start();
    await clock.advance(100 + 200 + 400);
    expect(invoked).toEqual(['a', 'a', 'a', 'a']);
    expect(queue.left()).toEqual([]);
  });

  it('is let go when it is throttled until its visibility timeout', async () => {
    let free = false;
    const { mapping, queue, invoked } = setUp({}, () => (free ? done : throttled));
    queue.send('a');
    mapping.start();
    await clock.advance(VISIBILITY_TIMEOUT_MS - 1);
    expect(mapping.stats()).toMatchObject({ failed: 1, running: 0 });
    const throttles = invoked.length;
    free = true;
    await clock.advance(1);
    expect(invoked).toHaveLength(throttles + 1);
    expect(queue.left()).toEqual([]);
  });

  it('is deleted without an invocation when no filter matches, with the body read as JSON', async () => {
    const { mapping, queue, invoked } = setUp({ filters: [{ body: { kind: ['text'] } }] });
    queue.send('{"kind":"text"}', '{"kind":"void"}', 'no JSON');
    mapping.start();
    await clock.runUntil(mapping.idle());
    expect(invoked).toEqual(['{"kind":"text"}']);
    expect(queue.left()).toEqual([]);
    expect(mapping.stats()).toMatchObject({ done: 1, filtered: 2 });
  });

  it('is cut at 6 MB', async () => {
    const sizes: number[] = [];
    const { mapping, queue } = setUp({}, (records) => {
      sizes.push(records.length);
      return done;
    });
    queue.send(...named('x'.repeat(1_000_000), 8));
    mapping.start();
    await clock.runUntil(mapping.idle());
    expect(sizes).toEqual([6, 2]);
    expect(queue.left()).toEqual([]);
  });

  it('gathers for the window, up to the batch size', async () => {
    const { mapping, queue, invoked } = setUp({ batchSize: 25, batchWindowMs: 2_000 });
    mapping.start();
    queue.send('a');
    await clock.advance(1_000);
    queue.send('b');
    await clock.advance(999);
    expect(invoked).toEqual([]);
    await clock.advance(1);
    expect(invoked).toEqual(['a b']);
    queue.send(...named('c', 25));
    await clock.settle();
    expect(invoked[1]?.split(' ')).toHaveLength(25);
  });
});
