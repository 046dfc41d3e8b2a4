import type { TableUse } from './table-uses.ts';

/**
 * What an invocation of a local Lambda returns. The gateway and the event source mappings depend on
 * this and on nothing else of the invoker.
 */
export type Invoke = (functionId: string, payload: unknown) => Promise<InvokeResult>;

export type InvokeResult =
  /** The handler returned; `payload` is its JSON value (`null` for `undefined`). */
  | { status: 'returned'; payload: unknown }
  /** The handler threw, timed out, or its environment died: Lambda's "FunctionError". */
  | { status: 'function-error'; cause: FunctionErrorCause; errorType: string; message: string }
  /** No environment was free under the function's concurrency limit: Lambda's 429. */
  | { status: 'throttled' };

/** Told of every invocation, so that it can be measured. Must not throw. */
export interface InvocationObserver {
  /** @param concurrent how many of the function are under way, this one among them */
  began(functionId: string, concurrent: number): void;
  ended(functionId: string, result: 'returned' | 'function-error'): void;
  throttled(functionId: string): void;
  /** Without init, and without waiting for an environment. */
  lasted(functionId: string, durationMs: number): void;
  /** What the function has asked of tables since the last time. */
  usedTables(uses: TableUse[]): void;
}

export type FunctionErrorCause = 'handler' | 'timeout' | 'crash' | 'init' | 'payload-too-large';
