import type { InvokeResult } from './invocation.ts';

/** Limits of a synchronous invocation ("6 MB"), as Lambda's own error messages give them. */
const MAX_REQUEST_BYTES = 6_291_456;
const MAX_RESPONSE_BYTES = 6_291_556;

type FunctionError = Extract<InvokeResult, { status: 'function-error' }>;

/** The request as JSON text, or the refusal that Lambda's front end would send (413). */
export function encodeRequest(payload: unknown): { json: string } | { refused: FunctionError } {
  const json = JSON.stringify(payload) ?? 'null';
  if (Buffer.byteLength(json) <= MAX_REQUEST_BYTES) return { json };
  return {
    refused: {
      status: 'function-error',
      cause: 'payload-too-large',
      errorType: 'RequestEntityTooLargeException',
      message: `Request must be smaller than ${MAX_REQUEST_BYTES} bytes for the InvokeFunction operation`,
    },
  };
}

/** The result of a handler that returned `json`. */
export function decodeResponse(json: string): InvokeResult {
  const bytes = Buffer.byteLength(json);
  if (bytes <= MAX_RESPONSE_BYTES) return { status: 'returned', payload: JSON.parse(json) };
  return {
    status: 'function-error',
    cause: 'payload-too-large',
    errorType: 'Function.ResponseSizeTooLarge',
    message: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
  };
}
