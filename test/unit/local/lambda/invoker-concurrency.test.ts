import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createInvoker,
  type Invoker,
  type InvokerOptions,
} from '../../../../local/lambda/invoker.ts';
import type { FunctionModel } from '../../../../local/template/model.ts';
import { createFunctionModules } from './function-modules.ts';

let modules: Awaited<ReturnType<typeof createFunctionModules>>;
let invoker: Invoker;

beforeAll(async () => {
  modules = await createFunctionModules();
});
afterEach(() => invoker?.close());
afterAll(() => modules.remove());

function start(functions: FunctionModel[], options: Partial<InvokerOptions> = {}) {
  invoker = createInvoker({
    functions,
    region: 'eu-west-1',
    accountId: '123456789012',
    baseEnvironment: {},
    ...options,
  });
  return invoker;
}

describe('concurrency', () => {
  /** Answers only once the test has released it through `release`, a file-free rendezvous. */
  const HELD = `
    const channel = new BroadcastChannel(process.env.GATE);
    const opened = new Promise((resolve) => { channel.onmessage = () => { channel.close(); resolve(); }; });
    export const handler = async (n) => { console.log('in'); await opened; return n; };`;

  function gate(name: string) {
    const channel = new BroadcastChannel(name);
    channel.unref?.();
    return () => {
      channel.postMessage('open');
      channel.close();
    };
  }

  function countingEntries(target: number) {
    const reached = Promise.withResolvers<void>();
    let entries = 0;
    const onLog = () => {
      entries += 1;
      if (entries === target) reached.resolve();
    };
    return { onLog, reached: reached.promise };
  }

  it('throttles a function beyond what it has reserved', async () => {
    const held = await modules.add('reserved', HELD, {
      reservedConcurrency: 1,
      environment: { GATE: 'reserved' },
    });
    const { onLog, reached } = countingEntries(1);
    start([held], { onLog });
    const first = invoker.invoke('reserved', 1);
    await reached;
    expect(await invoker.invoke('reserved', 2)).toEqual({ status: 'throttled' });
    gate('reserved')();
    expect(await first).toEqual({ status: 'returned', payload: 1 });
    expect(await invoker.invoke('reserved', 3)).toEqual({ status: 'returned', payload: 3 });
  });

  it('throttles unreserved functions beyond what the account has left', async () => {
    const held = await modules.add('account', HELD, { environment: { GATE: 'account' } });
    const other = await modules.add('other', 'export const handler = async () => {};', {
      reservedConcurrency: 9,
    });
    const { onLog, reached } = countingEntries(1);
    start([held, other], { onLog, limits: { totalConcurrency: 10 } });
    const first = invoker.invoke('account', 1);
    await reached;
    expect(await invoker.invoke('account', 2)).toEqual({ status: 'throttled' });
    expect(await invoker.invoke('other', {})).toEqual({ status: 'returned', payload: null });
    gate('account')();
    await first;
  });

  it('lets invocations wait in line at the limit of environments', async () => {
    const held = await modules.add('line', HELD, { environment: { GATE: 'line' } });
    const { onLog, reached } = countingEntries(2);
    start([held], { onLog, limits: { maxEnvironmentsPerFunction: 2 } });
    const order: number[] = [];
    const all = [1, 2, 3, 4, 5].map(async (n) => {
      const result = await invoker.invoke('line', n);
      order.push(n);
      return result;
    });
    await reached;
    expect(invoker.environments()).toEqual({ line: { environments: 2, busy: 2, waiting: 3 } });
    gate('line')();
    expect(await Promise.all(all)).toEqual(
      [1, 2, 3, 4, 5].map((payload) => ({ status: 'returned', payload })),
    );
    expect(invoker.environments()).toEqual({ line: { environments: 2, busy: 0, waiting: 0 } });
  });

  it('turns a killed environment into a crash and serves those who wait from a new one', async () => {
    const held = await modules.add('victim', HELD, { environment: { GATE: 'victim' } });
    const first = countingEntries(1);
    const second = countingEntries(2);
    start([held], {
      limits: { maxEnvironmentsPerFunction: 1 },
      onLog: () => {
        first.onLog();
        second.onLog();
      },
    });
    expect(invoker.kill('victim')).toBe(false);
    const killed = invoker.invoke('victim', 1);
    const waiting = invoker.invoke('victim', 2);
    await first.reached;
    expect(invoker.kill('victim')).toBe(true);
    expect(await killed).toMatchObject({ status: 'function-error', cause: 'crash' });
    await second.reached;
    gate('victim')();
    expect(await waiting).toEqual({ status: 'returned', payload: 2 });
  });

  it('ends running and waiting invocations as crashes on close', async () => {
    const held = await modules.add('closing', HELD, { environment: { GATE: 'closing' } });
    const { onLog, reached } = countingEntries(1);
    start([held], { onLog, limits: { maxEnvironmentsPerFunction: 1 } });
    const both = [invoker.invoke('closing', 1), invoker.invoke('closing', 2)];
    await reached;
    await invoker.close();
    const crash = expect.objectContaining({ status: 'function-error', cause: 'crash' });
    expect(await Promise.all(both)).toEqual([crash, crash]);
    expect(await invoker.invoke('closing', 3)).toEqual(crash);
  });
});
