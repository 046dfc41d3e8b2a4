import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import type {
  EnvironmentReport,
  EnvironmentSettings,
  InvocationRequest,
} from './environment-messages.ts';
import type { FunctionErrorCause, InvokeResult } from './invocation.ts';
import { createLineSplitter } from './line-splitter.ts';
import { decodeResponse } from './payload.ts';
import type { TableUse } from './table-uses.ts';

/** Below this a worker thread cannot even load a bundle with the SDK in it. */
const MIN_HEAP_MB = 128;
/** Lambda's limit for the init phase; it then tries once more under the function's own timeout. */
const INIT_TIMEOUT_MS = 10_000;

export interface Environment {
  /** Answers one invocation, after init; never rejects. One at a time: the caller sees to that. */
  invoke(request: Omit<InvocationRequest, 'timeoutMs'>): Promise<InvokeResult>;
  /** Ends the thread at once; a running invocation becomes a crash. Resolves when it is gone. */
  stop(): Promise<void>;
  /** Settles when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

export interface EnvironmentOptions {
  settings: EnvironmentSettings;
  variables: Record<string, string>;
  timeoutMs: number;
  memoryMb: number;
  clock: Clock;
  onLine(line: string, stream: 'stdout' | 'stderr'): void;
  /** After each invocation: how long it took, and what it asked of tables. */
  onWorked?(durationMs: number, tableUses: TableUse[]): void;
}

interface RunningInvocation {
  requestId: string;
  beganAt: number;
  settle(result: InvokeResult): void;
}

/** Starts one execution environment: a worker thread that begins its init phase at once. */
export function startEnvironment(options: EnvironmentOptions): Environment {
  const { settings, clock, timeoutMs } = options;
  // Worker threads refuse most of what a process accepts here; only this one matters to handlers.
  const { NODE_OPTIONS = '', ...variables } = options.variables;
  const worker = new Worker(new URL('./environment-worker.ts', import.meta.url), {
    workerData: settings,
    // What `top -H` and profilers show.
    name: settings.context.functionName,
    env: variables,
    execArgv: NODE_OPTIONS.includes('--enable-source-maps') ? ['--enable-source-maps'] : [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(MIN_HEAP_MB, options.memoryMb) },
  });

  const initialised = Promise.withResolvers<InvokeResult | undefined>();
  let current: RunningInvocation | undefined;
  let end: { errorType: string; message: string } | undefined;
  let afterlife: InvokeResult | undefined;

  const settle = (result: InvokeResult, tableUses: TableUse[] = []) => {
    if (current === undefined) return;
    const { beganAt, settle: resolve } = current;
    current = undefined;
    options.onWorked?.(performance.now() - beganAt, tableUses);
    resolve(result);
  };

  worker.on('message', (report: EnvironmentReport) => {
    switch (report.kind) {
      case 'ready':
        return initialised.resolve(undefined);
      case 'init-failed':
        initialised.resolve(functionError('init', report.errorType, oneLine(report.message)));
        return void worker.terminate();
      case 'crashed':
        end = report;
        return;
      case 'returned':
        if (report.requestId !== current?.requestId) return;
        return settle(decodeResponse(report.payload), report.tableUses);
      case 'threw':
        if (report.requestId !== current?.requestId) return;
        return settle(functionError('handler', report.errorType, report.message), report.tableUses);
    }
  });
  // Reached by running out of memory, and by errors before the worker's own listeners stand.
  worker.on('error', (error) => {
    end ??= { errorType: error.name, message: error.message };
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      const { errorType, message } = end ?? {
        errorType: 'Runtime.ExitError',
        message: `Runtime exited with error: exit status ${code}`,
      };
      initialised.resolve(functionError('init', errorType, oneLine(message)));
      afterlife = functionError('crash', errorType, message);
      settle(afterlife);
      resolve();
    });
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = createLineSplitter((line) => options.onLine(line, stream));
    worker[stream].setEncoding('utf8').on('data', lines.write).on('end', lines.flush);
  }

  const cancelInitTimer = clock.after(INIT_TIMEOUT_MS + timeoutMs, () => {
    initialised.resolve(
      functionError('init', 'Sandbox.Timedout', `Init did not end within ${INIT_TIMEOUT_MS} ms`),
    );
    void worker.terminate();
  });
  void initialised.promise.then(cancelInitTimer);

  return {
    ended,
    async invoke({ requestId, traceId, payload }) {
      const failedInit = await initialised.promise;
      if (failedInit) return failedInit;
      if (afterlife) return afterlife;
      return new Promise((resolve) => {
        const cancelTimer = clock.after(timeoutMs, () => {
          const seconds = (timeoutMs / 1000).toFixed(2);
          const at = new Date(clock.now()).toISOString();
          const message = `${at} ${requestId} Task timed out after ${seconds} seconds`;
          settle(functionError('timeout', 'Sandbox.Timedout', message));
          void worker.terminate();
        });
        current = {
          requestId,
          beganAt: performance.now(),
          settle(result) {
            cancelTimer();
            resolve(result);
          },
        };
        worker.postMessage({ requestId, traceId, payload, timeoutMs } satisfies InvocationRequest);
      });
    },
    async stop() {
      await worker.terminate();
      await ended;
    },
  };
}

function functionError(
  cause: FunctionErrorCause,
  errorType: string,
  message: string,
): InvokeResult {
  return { status: 'function-error', cause, errorType, message };
}

function oneLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
