import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Environment } from '../../../../local/lambda/environment.ts';
import { createFunctionPool, type FunctionPool } from '../../../../local/lambda/function-pool.ts';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import { createFakeClock, type FakeClock } from '../events/fake-clock.ts';

let clock: FakeClock;
let started: ReturnType<typeof fakeEnvironment>[];
let pool: FunctionPool;

function fakeEnvironment() {
  const end = Promise.withResolvers<void>();
  const answers: PromiseWithResolvers<InvokeResult>[] = [];
  const environment: Environment = {
    ended: end.promise,
    invoke: () => {
      const answer = Promise.withResolvers<InvokeResult>();
      answers.push(answer);
      return answer.promise;
    },
    async stop() {
      end.resolve();
    },
  };
  return { environment, answers, end: end.resolve };
}

beforeEach(() => {
  clock = createFakeClock();
  started = [];
  pool = createFunctionPool({
    clock,
    idleMs: 60_000,
    maxEnvironments: 2,
    start() {
      const fake = fakeEnvironment();
      started.push(fake);
      return fake.environment;
    },
  });
});

const request = { requestId: 'r', traceId: 't', payload: 'null' };
const returned: InvokeResult = { status: 'returned', payload: null };
const failedBy = (cause: 'handler' | 'timeout' | 'crash' | 'init'): InvokeResult => ({
  status: 'function-error',
  cause,
  errorType: 'Error',
  message: '',
});

async function answer(environment: number, result = returned) {
  started[environment]?.answers.at(-1)?.resolve(result);
  await clock.settle();
}

describe('the environments of a function', () => {
  it('end after a minute without work, and not before', async () => {
    void pool.run(request);
    await clock.settle();
    await answer(0);
    await clock.advance(59_999);
    expect(pool.stats().environments).toBe(1);
    await clock.advance(1);
    expect(pool.stats().environments).toBe(0);
  });

  it('live on while they are used, the warm one before a cold one', async () => {
    for (let use = 0; use < 3; use += 1) {
      void pool.run(request);
      await clock.settle();
      await answer(0);
      await clock.advance(59_000);
    }
    expect(started).toHaveLength(1);
    expect(pool.stats()).toEqual({ environments: 1, busy: 0, waiting: 0 });
  });

  it('serve those who wait in the order in which they came', async () => {
    const order: number[] = [];
    for (let n = 1; n <= 5; n += 1) void pool.run(request).then(() => order.push(n));
    await clock.settle();
    expect(pool.stats()).toEqual({ environments: 2, busy: 2, waiting: 3 });
    for (const environment of [0, 1, 1, 0, 1]) await answer(environment);
    expect(order).toEqual([1, 2, 4, 3, 5]);
    expect(started).toHaveLength(2);
  });

  it.each([
    { cause: 'handler', reused: true },
    { cause: 'timeout', reused: false },
    { cause: 'crash', reused: false },
    { cause: 'init', reused: false },
  ] as const)(
    'are reused after an error of the kind "$cause": $reused',
    async ({ cause, reused }) => {
      void pool.run(request);
      await clock.settle();
      await answer(0, failedBy(cause));
      if (!reused) started[0]?.end();
      await clock.settle();
      void pool.run(request);
      await clock.settle();
      expect(started).toHaveLength(reused ? 1 : 2);
    },
  );

  it('are replaced for those who wait when one ends', async () => {
    for (let n = 1; n <= 3; n += 1) void pool.run(request);
    await clock.settle();
    await answer(0, failedBy('crash'));
    started[0]?.end();
    await clock.settle();
    expect(started).toHaveLength(3);
    expect(pool.stats()).toEqual({ environments: 2, busy: 2, waiting: 0 });
  });
});
