import { afterEach, describe, expect, it } from '@jest/globals';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import { type Fixture, returned, threw } from './gateway-fixture.ts';
import { type HttpApiChange, ROUTES, startHttpApi } from './http-api-fixture.ts';

describe('HTTP API', () => {
  let fixture: Fixture;
  const start = async (...of: Parameters<typeof startHttpApi>) => {
    fixture = await startHttpApi(...of);
    return fixture;
  };
  afterEach(() => fixture.stop());

  describe('routes', () => {
    it.each([
      { call: 'GET /api/rooms/r1/messages', to: 'history', pathParameters: { roomId: 'r1' } },
      { call: 'GET /api/rooms/lobby/messages', to: 'lobby', pathParameters: undefined },
      { call: 'POST /api/rooms/lobby/messages', to: 'any', pathParameters: { roomId: 'lobby' } },
      {
        call: 'PUT /api/rooms/a%2Fb%20c/messages/%E2%82%AC?x=1',
        to: 'put',
        pathParameters: { roomId: 'a/b c', clientMessageId: '€' },
      },
      { call: 'GET /files/a/b.txt', to: 'files', pathParameters: { path: 'a/b.txt' } },
      { call: 'GET /files/special/x', to: 'special', pathParameters: { name: 'x' } },
      { call: 'GET /files/special/x/y', to: 'files', pathParameters: { path: 'special/x/y' } },
    ])('takes $call to $to', async ({ call, to, pathParameters }) => {
      const { fetch, called } = await start();
      const [method = '', path = ''] = call.split(' ');
      await fetch(method, path);
      const [event] = await called(to);
      expect(event?.pathParameters).toEqual(pathParameters);
      expect(fixture.calls).toHaveLength(1);
    });

    it.each(['/', '/api', '/api/rooms//messages', '/api/rooms/r1/messages/', '/files/', '/live'])(
      'answers 404 at %s',
      async (path) => {
        const { fetch } = await start();
        const { status, body } = await fetch('GET', path);
        expect({ status, body }).toEqual({ status: 404, body: '{"message":"Not Found"}' });
      },
    );

    it('takes what is left to $default', async () => {
      const { fetch, called } = await start({}, { routes: { ...ROUTES, $default: 'rest' } });
      await fetch('DELETE', '/anything');
      expect(await called('rest')).toMatchObject([{ routeKey: '$default', rawPath: '/anything' }]);
    });

    it('takes what is left to the fallback', async () => {
      const fallback: NonNullable<HttpApiChange['options']>['fallback'] = (_request, response) => {
        response.end('page');
      };
      const { fetch } = await start({}, { options: { fallback } });
      expect(await fetch('GET', '/')).toMatchObject({ status: 200, body: 'page' });
    });
  });

  describe('event', () => {
    it('is of payload format 2.0', async () => {
      const { fetch, called, port } = await start();
      await fetch('PUT', '/api/rooms/r1/messages/m1?a=1&a=2&b=%20', '{"text":"€"}', {
        'Content-Type': 'application/json',
        'User-Agent': 'test/1',
        'X-Twice': ['one', 'two'],
        Cookie: 'a=1; b=2',
      });
      expect(await called('put')).toEqual([
        {
          version: '2.0',
          routeKey: 'PUT /api/rooms/{roomId}/messages/{clientMessageId}',
          rawPath: '/api/rooms/r1/messages/m1',
          rawQueryString: 'a=1&a=2&b=%20',
          cookies: ['a=1', 'b=2'],
          headers: {
            'content-type': 'application/json',
            'user-agent': 'test/1',
            'x-twice': 'one,two',
            host: `127.0.0.1:${port}`,
            connection: 'close',
            'content-length': '14',
          },
          queryStringParameters: { a: '1,2', b: ' ' },
          pathParameters: { roomId: 'r1', clientMessageId: 'm1' },
          requestContext: {
            accountId: '123456789012',
            apiId: 'http123',
            domainName: 'http123.execute-api.eu-central-1.amazonaws.com',
            domainPrefix: 'http123',
            http: {
              method: 'PUT',
              path: '/api/rooms/r1/messages/m1',
              protocol: 'HTTP/1.1',
              sourceIp: '127.0.0.1',
              userAgent: 'test/1',
            },
            requestId: expect.stringMatching(/=$/),
            routeKey: 'PUT /api/rooms/{roomId}/messages/{clientMessageId}',
            stage: '$default',
            time: '16/Mar/2025:00:46:22 +0000',
            timeEpoch: Date.UTC(2025, 2, 16, 0, 46, 22),
          },
          body: '{"text":"€"}',
          isBase64Encoded: false,
        },
      ]);
    });

    it('leaves out what the request does not have', async () => {
      const { fetch, called } = await start();
      await fetch('GET', '/api/rooms/lobby/messages');
      const [event] = await called('lobby');
      const absent = ['body', 'cookies', 'queryStringParameters', 'pathParameters'];
      for (const key of absent) expect(event).not.toHaveProperty(key);
      expect(event?.requestContext).not.toHaveProperty('authorizer');
    });

    it.each(['application/octet-stream', 'application/x-www-form-urlencoded', 'text/plain'])(
      'carries a body in base64 that is not text, of type %s',
      async (type) => {
        const { fetch, called } = await start();
        const bytes = Buffer.from([0xff, 0]);
        await fetch('POST', '/api/rooms/r/messages', bytes, { 'Content-Type': type });
        expect(await called('any')).toMatchObject([{ body: '/wA=', isBase64Encoded: true }]);
      },
    );
  });

  describe('answer', () => {
    const JSON_TYPE = 'application/json';

    it.each([
      { payload: { a: 1 }, status: 200, body: '{"a":1}', type: JSON_TYPE },
      { payload: ['x'], status: 200, body: '["x"]', type: JSON_TYPE },
      { payload: 'text', status: 200, body: 'text', type: JSON_TYPE },
      { payload: { statusCode: 204 }, status: 204, body: '', type: 'text/plain;charset=UTF-8' },
      {
        payload: { statusCode: 201, headers: { 'Content-Type': 'text/css' }, body: '€' },
        status: 201,
        body: '€',
        type: 'text/css',
      },
      {
        payload: { statusCode: 200, body: '4oKs', isBase64Encoded: true },
        status: 200,
        body: '€',
        type: 'text/plain;charset=UTF-8',
      },
    ])('to $payload is $status $body', async ({ payload, status, body, type }) => {
      const { fetch } = await start({ lobby: () => returned(payload) });
      const answer = await fetch('GET', '/api/rooms/lobby/messages');
      expect(answer).toMatchObject({ status, body });
      expect(answer.headers['content-type']).toBe(type);
    });

    it('sets every cookie', async () => {
      const cookies = ['a=1; Path=/', 'b=2'];
      const { fetch } = await start({ lobby: () => returned({ statusCode: 200, cookies }) });
      const { headers } = await fetch('GET', '/api/rooms/lobby/messages');
      expect(headers['set-cookie']).toEqual(cookies);
    });

    it.each<{ description: string; result: InvokeResult; status: number; message: string }>([
      {
        description: 'throws',
        result: threw('secret detail'),
        status: 500,
        message: 'Internal Server Error',
      },
      {
        description: 'is throttled',
        result: { status: 'throttled' },
        status: 503,
        message: 'Service Unavailable',
      },
      {
        description: 'returns a body that is no string',
        result: returned({ statusCode: 200, body: {} }),
        status: 500,
        message: 'Internal Server Error',
      },
      {
        description: 'returns a status that is none',
        result: returned({ statusCode: 'fine' }),
        status: 500,
        message: 'Internal Server Error',
      },
      {
        description: 'returns a header that is not valid HTTP',
        result: returned({ statusCode: 200, headers: { x: 'a\r\nb' } }),
        status: 500,
        message: 'Internal Server Error',
      },
    ])('is $status when the function $description', async ({ result, status, message }) => {
      const { fetch } = await start({ lobby: () => result });
      const answer = await fetch('GET', '/api/rooms/lobby/messages');
      expect(answer).toMatchObject({ status, body: JSON.stringify({ message }) });
    });

    it('is 503 after the integration timeout', async () => {
      const { fetch, called, clock } = await start({ lobby: () => new Promise(() => {}) });
      const answer = fetch('GET', '/api/rooms/lobby/messages');
      await called('lobby');
      clock.advance(29_000);
      expect((await answer).status).toBe(503);
    });

    it('is 413 to a payload beyond the limit, however it is sent', async () => {
      const { fetch } = await start({}, { options: { limits: { httpPayloadBytes: 1_000 } } });
      const path = '/api/rooms/r/messages';
      expect((await fetch('POST', path, 'x'.repeat(1_000))).status).toBe(200);
      expect((await fetch('POST', path, 'x'.repeat(1_001))).status).toBe(413);
      const chunked = { 'Transfer-Encoding': 'chunked' };
      expect((await fetch('POST', path, 'x'.repeat(1_001), chunked)).status).toBe(413);
      expect(fixture.calls).toHaveLength(1);
    });

    it('is 429 when the account bucket is empty', async () => {
      const { fetch } = await start({}, { options: { limits: { requestBurst: 1 } } });
      await fetch('GET', '/api/rooms/lobby/messages');
      const answer = await fetch('GET', '/api/rooms/lobby/messages');
      expect(answer).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' });
    });
  });
});
