import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import type { QueueMappingModel } from '../../../../local/template/model.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { VISIBILITY_TIMEOUT_MS } from './queue-fixtures.ts';
import { named, type Respond, setUpQueueMapping } from './queue-mapping-fixture.ts';
import { done } from './stream-fixtures.ts';

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

describe('a queue mapping', () => {
  it('keeps one long poll open at rest', async () => {
    const { mapping, queue } = setUp();
    mapping.start();
    await clock.advance(120_000);
    expect(queue.openPolls()).toBe(1);
    expect(queue.mostOpenPolls()).toBe(1);
  });

  it('opens one more long poll with each full receive, and closes it when nothing comes', async () => {
    const { mapping, queue } = setUp();
    mapping.start();
    queue.send(...named('m', 10));
    await clock.settle();
    expect(queue.openPolls()).toBe(2);
    await clock.advance(20_000);
    expect(queue.openPolls()).toBe(1);
  });

  it('takes the next message while an invocation runs', async () => {
    const first = Promise.withResolvers<InvokeResult>();
    const { mapping, queue, invoked } = setUp({}, (_, n) => (n === 1 ? first.promise : done));
    mapping.start();
    queue.send('a');
    await clock.settle();
    queue.send('b');
    await clock.settle();
    expect(invoked).toEqual(['a', 'b']);
    first.resolve(done);
    await clock.runUntil(mapping.idle());
  });

  it.each<{
    description: string;
    overrides: Partial<QueueMappingModel>;
    cap?: number;
    most: number;
  }>([
    { description: 'five at the start', overrides: {}, most: 5 },
    { description: 'its own maximum', overrides: { maxConcurrency: 2 }, most: 2 },
    { description: 'the cap of the machine', overrides: { maxConcurrency: 500 }, cap: 3, most: 3 },
  ])('has no more batches under way than $description', async ({ overrides, cap, most }) => {
    const never = new Promise<never>(() => {});
    const { mapping, queue, invoked } = setUp(overrides, () => never, cap);
    queue.send(...named('m', 100));
    mapping.start();
    await clock.settle();
    expect(invoked).toHaveLength(most);
  });

  it('allows 300 more a minute while there is work', async () => {
    const gates: PromiseWithResolvers<InvokeResult>[] = [];
    const respond = () => {
      const gate = Promise.withResolvers<InvokeResult>();
      gates.push(gate);
      return gate.promise;
    };
    const { mapping, queue } = setUp({ batchSize: 1 }, respond, 100);
    queue.send(...named('m', 100));
    mapping.start();
    await clock.settle();
    expect(mapping.stats().running).toBe(5);
    await clock.advance(2_000);
    gates[0]?.resolve(done);
    await clock.settle();
    expect(mapping.stats().running).toBe(15);
    for (const gate of gates) gate.resolve(done);
    await clock.settle();
    for (const gate of gates) gate.resolve(done);
  });

  it('works a backlog off completely', async () => {
    const { mapping, queue, invoked } = setUp({ maxConcurrency: 2 });
    queue.send(...named('m', 205));
    mapping.start();
    await clock.runUntil(mapping.idle());
    expect(invoked.flatMap((batch) => batch.split(' ')).toSorted()).toEqual(
      named('m', 205).toSorted(),
    );
    expect(queue.left()).toEqual([]);
  });

  it('survives a queue that is down, and says so', async () => {
    const { mapping, queue, invoked, problems } = setUp();
    queue.failNextReceives(4);
    queue.send('a');
    mapping.start();
    await clock.advance(5_000);
    expect(invoked).toEqual(['a']);
    expect(problems).toHaveLength(4);
    expect(problems[0]).toMatch(/^queue-to-deliver: cannot receive, trying again: .*ECONNREFUSED/);
  });

  it('tries again to delete what is done', async () => {
    const { mapping, queue, invoked, problems } = setUp();
    queue.failNextRemoves(3);
    queue.send('a');
    mapping.start();
    await clock.advance(VISIBILITY_TIMEOUT_MS * 2);
    expect(invoked).toEqual(['a']);
    expect(queue.left()).toEqual([]);
    expect(problems).toHaveLength(3);
  });

  it('ends its long poll and waits for the running batch at stop', async () => {
    const running = Promise.withResolvers<InvokeResult>();
    const { mapping, queue, invoked } = setUp({}, () => running.promise);
    queue.send('a');
    mapping.start();
    await clock.settle();
    const stopped = mapping.stop();
    await clock.settle();
    expect(queue.openPolls()).toBe(0);
    running.resolve(done);
    await clock.settle();
    await stopped;
    queue.send('b');
    await clock.advance(60_000);
    expect(invoked).toEqual(['a']);
    expect(queue.left()).toEqual(['b']);
  });

  it('waits at stop no longer than ten seconds', async () => {
    const { mapping, queue } = setUp({}, () => new Promise<never>(() => {}));
    queue.send('a');
    mapping.start();
    await clock.settle();
    const stopped = mapping.stop();
    await clock.advance(10_000);
    await stopped;
    expect(queue.left()).toEqual(['a']);
  });
});
