import { type Clock, systemClock } from '../clock.ts';
import type { FunctionModel } from '../template/model.ts';
import { startEnvironment } from './environment.ts';
import { createFunctionPool, type FunctionPool, type PoolStats } from './function-pool.ts';
import { functionContext, functionVariables } from './function-settings.ts';
import type { InvocationObserver, Invoke } from './invocation.ts';
import { encodeRequest } from './payload.ts';
import { createRequestId, createTraceId, randomHex } from './request-id.ts';

export interface InvokerLimits {
  /** Environments of one function at a time; further invocations wait in line. */
  maxEnvironmentsPerFunction: number;
  /** Time after which an unused environment is ended. */
  idleMs: number;
  /** Concurrent invocations of the account; what functions reserve is set aside from it. */
  totalConcurrency: number;
}

export const DEFAULT_INVOKER_LIMITS: InvokerLimits = {
  maxEnvironmentsPerFunction: 10,
  idleMs: 60_000,
  totalConcurrency: 1_000,
};

export interface InvokerOptions {
  functions: FunctionModel[];
  region: string;
  accountId: string;
  /** Given to every environment, over the function's own variables: endpoints and credentials. */
  baseEnvironment: Record<string, string>;
  limits?: Partial<InvokerLimits>;
  clock?: Clock;
  /** Every line that a handler prints. */
  onLog?(functionId: string, line: string, stream: 'stdout' | 'stderr'): void;
  observer?: InvocationObserver;
  /** 0 ≤ n < 1; makes request and trace ids. */
  random?: () => number;
}

export interface Invoker {
  invoke: Invoke;
  /** Fault knob: ends one busy environment of the function; false when none is busy. */
  kill(functionId: string): boolean;
  environments(): Record<string, PoolStats>;
  close(): Promise<void>;
}

/**
 * Runs the built handlers as Lambda would: one worker thread per execution environment, one
 * invocation per environment at a time, timeouts, crashes, concurrency limits and payload limits.
 * Freezing between invocations is not emulated: a timer left running goes on running.
 */
export function createInvoker(options: InvokerOptions): Invoker {
  const limits = { ...DEFAULT_INVOKER_LIMITS, ...options.limits };
  const { clock = systemClock, random = Math.random, observer } = options;
  const account = { region: options.region, accountId: options.accountId };

  const functions = new Map(
    options.functions.map((model) => [model.id, { model, running: 0, pool: createPool(model) }]),
  );
  const reserved = options.functions.reduce((sum, f) => sum + (f.reservedConcurrency ?? 0), 0);
  const unreserved = limits.totalConcurrency - reserved;
  let unreservedRunning = 0;

  function createPool(model: FunctionModel): FunctionPool {
    return createFunctionPool({
      clock,
      idleMs: limits.idleMs,
      maxEnvironments: limits.maxEnvironmentsPerFunction,
      start() {
        const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
        const logStream = `${day}/[$LATEST]${randomHex(random, 32)}`;
        const context = functionContext(model, account, logStream);
        return startEnvironment({
          settings: { modulePath: model.modulePath, exportName: model.exportName, context },
          variables: functionVariables(model, account, options.baseEnvironment, context),
          timeoutMs: model.timeoutMs,
          memoryMb: model.memoryMb,
          clock,
          onLine: (line, stream) => options.onLog?.(model.id, line, stream),
          onWorked(durationMs, tableUses) {
            observer?.lasted(model.id, durationMs);
            if (tableUses.length > 0) observer?.usedTables(tableUses);
          },
        });
      },
    });
  }

  function entryOf(functionId: string) {
    const entry = functions.get(functionId);
    if (entry) return entry;
    throw new Error(
      `No function "${functionId}" in the template; there are ${[...functions.keys()].join(', ')}`,
    );
  }

  return {
    async invoke(functionId, payload) {
      const entry = entryOf(functionId);
      const request = encodeRequest(payload);
      if ('refused' in request) return request.refused;

      const limit = entry.model.reservedConcurrency;
      const full = limit === undefined ? unreservedRunning >= unreserved : entry.running >= limit;
      if (full) {
        observer?.throttled(functionId);
        return { status: 'throttled' };
      }
      entry.running += 1;
      if (limit === undefined) unreservedRunning += 1;
      observer?.began(functionId, entry.running);
      try {
        const result = await entry.pool.run({
          requestId: createRequestId(random),
          traceId: createTraceId(random, clock.now()),
          payload: request.json,
        });
        observer?.ended(functionId, result.status === 'returned' ? 'returned' : 'function-error');
        return result;
      } finally {
        entry.running -= 1;
        if (limit === undefined) unreservedRunning -= 1;
      }
    },
    kill: (functionId) => entryOf(functionId).pool.kill(),
    environments: () =>
      Object.fromEntries([...functions].map(([id, { pool }]) => [id, pool.stats()])),
    async close() {
      await Promise.all([...functions.values()].map(({ pool }) => pool.close()));
    },
  };
}
