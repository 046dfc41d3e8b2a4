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

export type FunctionErrorCause = 'handler' | 'timeout' | 'crash' | 'init' | 'payload-too-large';
