import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import {
  authorizedApi,
  type FakeFunction,
  type Fixture,
  frame,
  policy,
  returned,
  startGateway,
  threw,
} from './gateway-fixture.ts';

const TEXT = 1;

describe('handshake', () => {
  let fixture: Fixture;
  const start = async (...args: Parameters<typeof startGateway>) => {
    fixture = await startGateway(...args);
    return fixture;
  };
  afterEach(() => fixture.stop());

  const functionsCalled = () => fixture.calls.map(({ functionId }) => functionId);

  describe('authorizer', () => {
    const withAuthorizer = (authorize: FakeFunction) =>
      start({ authorize }, { webSocketApi: authorizedApi() });

    it.each(['/live', '/live?token=', '/live?Token=x'])(
      'answers 401 to %s, which lacks the identity source, without calling the function',
      async (path) => {
        const { refused } = await withAuthorizer(() => policy('Allow'));
        const { status, body } = await refused(path);
        expect(status).toBe(401);
        expect(JSON.parse(body)).toMatchObject({ message: 'Unauthorized' });
        expect(fixture.calls).toEqual([]);
      },
    );

    it.each<{ description: string; result: () => InvokeResult; status: number }>([
      { description: 'throws Unauthorized', result: () => threw('Unauthorized'), status: 401 },
      { description: 'throws anything else', result: () => threw('unauthorized'), status: 500 },
      { description: 'denies', result: () => policy('Deny'), status: 403 },
      { description: 'is throttled', result: () => ({ status: 'throttled' }), status: 500 },
      { description: 'returns nothing', result: () => returned(null), status: 500 },
      {
        description: 'returns a simple response, which is for HTTP APIs',
        result: () => returned({ isAuthorized: true }),
        status: 500,
      },
      {
        description: 'puts an object into the context',
        result: () => policy('Allow', { claims: { sub: 'ann' } }),
        status: 500,
      },
      {
        description: 'returns more than 8 KB',
        result: () => policy('Allow', { text: 'x'.repeat(8 * 1024) }),
        status: 500,
      },
    ])('answers $status when the authorizer $description', async ({ result, status }) => {
      const { refused } = await withAuthorizer(result);
      expect((await refused('/live?token=t')).status).toBe(status);
      expect(functionsCalled()).toEqual(['authorize']);
    });

    it('answers 500 when the authorizer is late', async () => {
      const { refused, called, clock } = await withAuthorizer(() => new Promise(() => {}));
      const answer = refused('/live?token=t');
      await called('authorize');
      clock.advance(29_000);
      expect((await answer).status).toBe(500);
    });

    it('runs before $connect, once for each connection', async () => {
      const { connect } = await withAuthorizer(() => policy('Allow'));
      await connect('?token=t');
      await connect('?token=t');
      expect(functionsCalled()).toEqual(['authorize', 'connect', 'authorize', 'connect']);
    });
  });

  describe('$connect', () => {
    it.each([301, 400, 401, 429, 501])(
      'refuses with the status %i that it returns',
      async (status) => {
        const { refused } = await start({ connect: () => returned({ statusCode: status }) });
        expect((await refused('/live')).status).toBe(status);
        expect(fixture.gateway.connectionCount()).toBe(0);
      },
    );

    it.each<{ description: string; result: InvokeResult }>([
      { description: 'throws', result: threw('boom') },
      { description: 'is throttled', result: { status: 'throttled' } },
      { description: 'returns no status', result: returned({}) },
      { description: 'returns nothing', result: returned(null) },
    ])('refuses with 502 when it $description', async ({ result }) => {
      const { refused } = await start({ connect: () => result });
      expect((await refused('/live')).status).toBe(502);
    });

    it('refuses with 502 after the integration timeout', async () => {
      const { refused, called, clock } = await start({ connect: () => new Promise(() => {}) });
      const answer = refused('/live');
      await called('connect');
      clock.advance(29_000);
      expect((await answer).status).toBe(502);
    });

    it('accepts any 2xx, as a number or as a string', async () => {
      const { connect } = await start({ connect: () => returned({ statusCode: '204' }) });
      await connect();
      expect(fixture.gateway.connectionCount()).toBe(1);
    });

    it('never gets a $disconnect when it refused', async () => {
      const { refused } = await start({ connect: () => returned({ statusCode: 403 }) });
      await refused('/live');
      await fixture.stop();
      expect(functionsCalled()).toEqual(['connect']);
    });

    it('is posted to in vain while it runs: the connection does not exist yet', async () => {
      const statuses: number[] = [];
      const { connect } = await start({
        connect: async ({ requestContext }: { requestContext: { connectionId: string } }) => {
          const id = encodeURIComponent(requestContext.connectionId);
          statuses.push((await fixture.fetch('POST', `/live/@connections/${id}`, 'hi')).status);
          return returned({ statusCode: 200 });
        },
      });
      await connect();
      expect(statuses).toEqual([410]);
    });
  });

  describe('sub-protocol', () => {
    const selecting = (headers: Record<string, string>) =>
      start({ connect: () => returned({ statusCode: 200, headers }) });

    it('is the one that $connect returns, whatever the case of the header', async () => {
      const { connect } = await selecting({ 'sec-websocket-PROTOCOL': 'roomcast.v1' });
      const { socket } = await connect('', ['bearer.abc', 'roomcast.v1']);
      expect(socket.protocol).toBe('roomcast.v1');
    });

    it('is none when $connect returns none', async () => {
      await selecting({});
      const socket = await fixture.rawUpgrade();
      const [head] = await once(socket, 'data');
      expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
      expect(String(head)).not.toMatch(/sec-websocket-(protocol|extensions)/i);
    });

    it('is refused with 502, and $disconnect follows, when the client did not offer it', async () => {
      const { refused, called } = await selecting({ 'Sec-WebSocket-Protocol': 'other' });
      expect((await refused('/live', ['roomcast.v1'])).status).toBe(502);
      await called('disconnect');
    });
  });

  describe('client that does not wait', () => {
    it('has its early frames processed after the verdict, in order', async () => {
      const verdict = Promise.withResolvers<InvokeResult>();
      const { called, rawUpgrade } = await start({ connect: () => verdict.promise });
      const socket = await rawUpgrade();
      socket.write(Buffer.concat([frame(TEXT, '{"n":1}'), frame(TEXT, '{"n":2}')]));
      await called('connect');
      // A full round trip on another connection: the early bytes have reached the gateway by now.
      await fixture.fetch('GET', '/nothing');
      expect(functionsCalled()).toEqual(['connect']);

      verdict.resolve(returned({ statusCode: 200 }));
      const messages = await called('default', 2);
      expect(messages.map(({ body }) => body)).toEqual(['{"n":1}', '{"n":2}']);
    });

    it.each(['end', 'destroy', 'resetAndDestroy'] as const)(
      'leaves nothing behind and gets its $disconnect when it left by %s',
      async (leave) => {
        const verdict = Promise.withResolvers<InvokeResult>();
        const { called, rawUpgrade, gateway } = await start({ connect: () => verdict.promise });
        const socket = await rawUpgrade();
        const [connected] = await called('connect');
        socket[leave]();
        await fixture.fetch('GET', '/nothing');
        verdict.resolve(returned({ statusCode: 200 }));

        const [disconnected] = await called('disconnect');
        const id = (event: unknown) =>
          (event as { requestContext: { connectionId: string } }).requestContext.connectionId;
        expect(id(disconnected)).toBe(id(connected));
        expect(gateway.connectionCount()).toBe(0);
      },
    );

    it('does not run $connect when it left while the authorizer was asked', async () => {
      const verdict = Promise.withResolvers<InvokeResult>();
      const api = authorizedApi();
      const routes = api.routes.map((route) =>
        route.authorizer
          ? { ...route, authorizer: { functionId: 'authorize', identitySources: [] } }
          : route,
      );
      const { called, rawUpgrade } = await start(
        { authorize: () => verdict.promise },
        { webSocketApi: { ...api, routes } },
      );
      const socket = await rawUpgrade();
      await called('authorize');
      socket.end();
      await fixture.fetch('GET', '/nothing');
      verdict.resolve(policy('Allow'));
      await fixture.stop();
      expect(functionsCalled()).toEqual(['authorize']);
    });

    it('gets no $disconnect when it left and $connect refused', async () => {
      const verdict = Promise.withResolvers<InvokeResult>();
      const { called, rawUpgrade } = await start({ connect: () => verdict.promise });
      const socket = await rawUpgrade();
      await called('connect');
      socket.destroy();
      verdict.resolve(returned({ statusCode: 403 }));
      await fixture.stop();
      expect(functionsCalled()).toEqual(['connect']);
    });
  });

  describe('before any function', () => {
    it.each(['/', '/other', '/live/more', '/lives'])('answers 403 at %s', async (path) => {
      const { refused } = await start();
      expect((await refused(path)).status).toBe(403);
      expect(fixture.calls).toEqual([]);
    });

    it('answers 429 beyond the rate of new connections, and recovers', async () => {
      const { connect, refused, clock } = await start(
        {},
        { limits: { newConnectionsPerSecond: 2, newConnectionBurst: 2 } },
      );
      await connect();
      await connect();
      const { status, body } = await refused('/live');
      expect(status).toBe(429);
      expect(JSON.parse(body)).toMatchObject({ message: 'Too Many Requests' });
      clock.advance(500);
      await connect();
      expect(functionsCalled()).toEqual(['connect', 'connect', 'connect']);
    });

    it('answers 400 to an upgrade that is no WebSocket', async () => {
      await start();
      const answer = await fixture.fetch('GET', '/live', undefined, {
        Connection: 'Upgrade',
        Upgrade: 'h2c',
      });
      expect(answer.status).toBe(400);
      expect(fixture.calls).toEqual([]);
    });
  });
});
