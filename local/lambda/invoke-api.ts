import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FunctionModel } from '../template/model.ts';
import type { Invoke } from './invocation.ts';

const PATH = /^\/2015-03-31\/functions\/([^/?]+)\/invocations$/;

/** What every client of AWS sends. */
const SIGNED = /^AWS4-HMAC-SHA256 /;

/**
 * Lambda's Invoke call, for functions that nothing but an operator triggers:
 * `aws lambda invoke --endpoint-url http://127.0.0.1:<port> …`.
 *
 * Signatures are not checked, but there must be one: a page in a browser cannot send that header to
 * another origin without asking first, and is not answered. Everything else is a 404.
 */
export function createInvokeApi(functions: readonly FunctionModel[], invoke: Invoke) {
  const idOf = new Map(functions.map(({ id, functionName }) => [functionName, id]));

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const reply = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    const name = PATH.exec(request.url ?? '')?.[1];
    if (name === undefined || request.method !== 'POST') {
      return reply(404, { message: 'Not Found' });
    }
    if (!SIGNED.test(request.headers.authorization ?? '')) {
      const error = { 'x-amzn-errortype': 'MissingAuthenticationTokenException' };
      return reply(403, { message: 'Missing Authentication Token' }, error);
    }
    const functionId = idOf.get(decodeURIComponent(name));
    if (functionId === undefined) {
      const message = `No function ${name}; there are ${[...idOf.keys()].join(', ')}`;
      return reply(404, { message }, { 'x-amzn-errortype': 'ResourceNotFoundException' });
    }
    const payload = parse(await text(request));
    if (payload === undefined) {
      const error = { 'x-amzn-errortype': 'InvalidRequestContentException' };
      return reply(400, { message: 'The payload is no JSON.' }, error);
    }
    const result = await invoke(functionId, payload.value);
    if (result.status === 'returned') return reply(200, result.payload);
    if (result.status === 'throttled') {
      const error = { 'x-amzn-errortype': 'TooManyRequestsException' };
      return reply(429, { message: 'Rate Exceeded.' }, error);
    }
    const { errorType, message } = result;
    reply(200, { errorType, errorMessage: message }, { 'x-amz-function-error': 'Unhandled' });
  };
}

function parse(body: string): { value: unknown } | undefined {
  if (body === '') return { value: {} };
  try {
    return { value: JSON.parse(body) };
  } catch {
    return undefined;
  }
}
