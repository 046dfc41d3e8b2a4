import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import { createInvokeApi } from '../../../../local/lambda/invoke-api.ts';
import type { FunctionModel } from '../../../../local/template/model.ts';

const drain: FunctionModel = {
  id: 'Drain1234',
  functionName: 'Drain',
  modulePath: '/drain.mjs',
  exportName: 'handler',
  environment: {},
  timeoutMs: 1_000,
  memoryMb: 128,
};
const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=local' };
const PATH = '/2015-03-31/functions/Drain/invocations';

let result: InvokeResult;
let invoked: { functionId: string; payload: unknown }[];
let origin: string;
let stop: () => Promise<unknown>;

beforeEach(async () => {
  result = { status: 'returned', payload: { told: 3 } };
  invoked = [];
  const api = createInvokeApi([drain], async (functionId, payload) => {
    invoked.push({ functionId, payload });
    return result;
  });
  const server = createServer((request, response) => void api(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
});
afterEach(() => stop());

const post = (path = PATH, body = '{"reason":"x"}', headers: Record<string, string> = signed) =>
  fetch(origin + path, { method: 'POST', body, headers });

describe('the invoke API', () => {
  it('invokes the function by its name and answers with what it returns', async () => {
    const response = await post();

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ told: 3 });
    expect(invoked).toEqual([{ functionId: 'Drain1234', payload: { reason: 'x' } }]);
  });

  it('invokes with an empty object where there is no payload', async () => {
    await post(PATH, '');

    expect(invoked).toEqual([{ functionId: 'Drain1234', payload: {} }]);
  });

  it('tells an error of the function as Lambda does', async () => {
    result = { status: 'function-error', cause: 'handler', errorType: 'Error', message: 'no' };
    const response = await post();

    expect(response.status).toBe(200);
    expect(response.headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(await response.json()).toEqual({ errorType: 'Error', errorMessage: 'no' });
  });

  it('answers 429 where there is no room for the invocation', async () => {
    result = { status: 'throttled' };

    expect((await post()).status).toBe(429);
  });

  it.each([
    ['another path', '/2015-03-31/functions', '{}', signed, 404],
    ['a function that is not there', PATH.replace('Drain', 'Other'), '{}', signed, 404],
    ['a payload that is no JSON', PATH, '{', signed, 400],
    ['no signature, as from a page in a browser', PATH, '{}', {}, 403],
  ])('invokes nothing for %s', async (_, path, body, headers, status) => {
    expect((await post(path, body, headers)).status).toBe(status);
    expect(invoked).toEqual([]);
  });

  it('does not allow a page to ask whether it may', async () => {
    const response = await fetch(origin + PATH, { method: 'OPTIONS' });

    expect(response.status).toBe(404);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});
