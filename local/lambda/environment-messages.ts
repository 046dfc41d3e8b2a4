import type { TableUse } from './table-uses.ts';

/** What the invoker and the worker thread of an execution environment say to each other. */

/** `workerData`: all that an environment knows for its whole life. */
export interface EnvironmentSettings {
  modulePath: string;
  exportName: string;
  context: FunctionContext;
}

/** The part of Lambda's context object that is the same for every invocation of an environment. */
export interface FunctionContext {
  functionName: string;
  functionVersion: string;
  invokedFunctionArn: string;
  memoryLimitInMB: string;
  logGroupName: string;
  logStreamName: string;
}

/** Invoker → environment. `payload` is JSON text, as on the wire. */
export interface InvocationRequest {
  requestId: string;
  traceId: string;
  timeoutMs: number;
  payload: string;
}

/** Environment → invoker. */
export type EnvironmentReport =
  | { kind: 'ready' }
  | { kind: 'init-failed'; errorType: string; message: string }
  | { kind: 'returned'; requestId: string; payload: string; tableUses: TableUse[] }
  | {
      kind: 'threw';
      requestId: string;
      errorType: string;
      message: string;
      tableUses: TableUse[];
    }
  /** An uncaught exception or unhandled rejection; the thread ends right after. */
  | { kind: 'crashed'; errorType: string; message: string };
