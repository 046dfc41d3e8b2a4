import { afterEach, describe, expect, it } from '@jest/globals';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import {
  type Fixture,
  requestContextOf,
  returned,
  startGateway,
  threw,
  webSocketApi,
} from './gateway-fixture.ts';

describe('messages', () => {
  let fixture: Fixture;
  const start = async (...args: Parameters<typeof startGateway>) => {
    fixture = await startGateway(...args);
    return fixture;
  };
  afterEach(() => fixture.stop());

  /** The functions called after `$connect`. */
  const routed = () => fixture.calls.slice(1).map(({ functionId }) => functionId);
  const errorFrame = (message: string) => ({
    message,
    connectionId: expect.stringMatching(/=$/),
    requestId: expect.stringMatching(/=$/),
  });

  describe('routing', () => {
    it.each([
      { body: '{"action":"send"}', route: 'send' },
      { body: '{"action":"sender"}', route: 'default' },
      { body: '{"action":"SEND"}', route: 'default' },
      { body: '{}', route: 'default' },
      { body: 'send', route: 'default' },
      { body: '', route: 'default' },
      { body: '[]', route: 'default' },
      { body: '{"action":"$connect"}', route: 'default' },
      { body: '{"action":"$disconnect"}', route: 'default' },
      { body: '{"action":"$default"}', route: 'default' },
    ])('takes $body to $route', async ({ body, route }) => {
      const { connect, called } = await start();
      (await connect()).send(body);
      const [event] = await called(route);
      expect(event?.body).toBe(body);
      expect(routed()).toEqual([route]);
    });

    it('answers Forbidden when nothing matches and there is no $default, and stays open', async () => {
      const api = webSocketApi();
      const routes = api.routes.filter(({ routeKey }) => routeKey !== '$default');
      const { connect, called } = await start({}, { webSocketApi: { ...api, routes } });
      const { send, nextJson } = await connect();
      send({ action: '$connect' });
      expect(await nextJson()).toEqual(errorFrame('Forbidden'));
      send({ action: 'send' });
      await called('send');
      expect(routed()).toEqual(['send']);
    });
  });

  describe('one-way route', () => {
    it.each([200, 400, 501])('ignores what the function returns, %i too', async (statusCode) => {
      const { connect, called } = await start({
        send: () => returned({ statusCode, body: 'unheard' }),
        ask: () => returned({ statusCode: 200, body: 'heard' }),
      });
      const { send, next } = await connect();
      send({ action: 'send' });
      await called('send');
      send({ action: 'ask' });
      expect(await next()).toBe('heard');
    });

    it.each<{ description: string; result: InvokeResult }>([
      { description: 'throws', result: threw('boom') },
      { description: 'is throttled', result: { status: 'throttled' } },
    ])('reports a function that $description, with the ids of its event', async ({ result }) => {
      const { connect, called } = await start({ send: () => result });
      const { send, nextJson, socket } = await connect();
      send({ action: 'send' });
      const [event] = await called('send');
      const { connectionId, requestId } = requestContextOf(event);
      expect(await nextJson()).toEqual({
        message: 'Internal server error',
        connectionId,
        requestId,
      });
      expect(socket.readyState).toBe(socket.OPEN);
    });

    it('reports an invoker that rejects', async () => {
      const { connect } = await start({ send: () => Promise.reject(new Error('no worker')) });
      const { send, nextJson } = await connect();
      send({ action: 'send' });
      expect(await nextJson()).toEqual(errorFrame('Internal server error'));
    });

    it('reports the integration timeout, not a millisecond early', async () => {
      const { connect, called, clock } = await start({
        send: () => new Promise(() => {}),
        ask: () => returned({ statusCode: 200, body: 'still silent' }),
      });
      const { send, next, nextJson } = await connect();
      send({ action: 'send' });
      await called('send');
      clock.advance(28_999);
      send({ action: 'ask' });
      expect(await next()).toBe('still silent');
      clock.advance(1);
      expect(await nextJson()).toEqual(errorFrame('Internal server error'));
    });
  });

  describe('two-way route', () => {
    it.each([
      {
        description: 'the body',
        payload: { statusCode: 200, body: '{"a":"€"}' },
        reply: '{"a":"€"}',
      },
      {
        description: 'a body in base64',
        payload: { statusCode: 200, body: 'aGk=', isBase64Encoded: true },
        reply: 'hi',
      },
    ])('sends $description', async ({ payload, reply }) => {
      const { connect } = await start({ ask: () => returned(payload) });
      const { send, next } = await connect();
      send({ action: 'ask' });
      expect(await next()).toBe(reply);
    });

    it('sends nothing when there is no body', async () => {
      const answers = [{ statusCode: 200 }, { statusCode: 200, body: 'second' }];
      const { connect, called } = await start({ ask: () => returned(answers.shift()) });
      const { send, next } = await connect();
      send({ action: 'ask' });
      await called('ask');
      send({ action: 'ask' });
      expect(await next()).toBe('second');
    });

    it.each([
      { description: 'a status other than 2xx', payload: { statusCode: 400, body: 'no' } },
      { description: 'no status', payload: { body: 'x' } },
      { description: 'a body that is no string', payload: { statusCode: 200, body: { a: 1 } } },
      {
        description: 'more than 128 KB',
        payload: { statusCode: 200, body: 'x'.repeat(128 * 1024 + 1) },
      },
      { description: 'nothing', payload: null },
    ])('reports a function that returns $description', async ({ payload }) => {
      const { connect } = await start({ ask: () => returned(payload) });
      const { send, nextJson } = await connect();
      send({ action: 'ask' });
      expect(await nextJson()).toEqual(errorFrame('Internal server error'));
    });
  });

  describe('several at once', () => {
    it('does not let a slow message hold up the next one', async () => {
      const { connect } = await start({
        send: () => new Promise(() => {}),
        ask: () => returned({ statusCode: 200, body: 'overtook' }),
      });
      const { send, next } = await connect();
      send({ action: 'send' });
      send({ action: 'ask' });
      expect(await next()).toBe('overtook');
    });

    it('bounds the messages of one connection in progress, and loses none', async () => {
      const running: (() => void)[] = [];
      let most = 0;
      const { connect, called } = await start(
        {
          send: () =>
            new Promise((resolve) => {
              running.push(() => resolve(returned({})));
              most = Math.max(most, running.length);
            }),
        },
        { limits: { messagesInProgressPerConnection: 3 } },
      );
      const { send } = await connect();
      for (let n = 1; n <= 10; n++) send({ action: 'send', n });
      for (let n = 3; n <= 10; n++) {
        await called('send', n);
        running.shift()?.();
      }
      const bodies = (await called('send', 10)).map(({ body }) => JSON.parse(String(body)).n);
      expect(bodies).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(most).toBe(3);
      for (const finish of running) finish();
      send({ action: 'send', n: 11 });
      await called('send', 11);
      running.at(-1)?.();
    });
  });

  describe('throttle', () => {
    const limits = { requestsPerSecond: 1, requestBurst: 2 };

    it('answers Too Many Requests, keeps the socket open, and recovers', async () => {
      const { connect, called, clock } = await start({}, { limits });
      const { send, nextJson } = await connect();
      for (let n = 0; n < 3; n++) send({ action: 'send' });
      expect(await nextJson()).toEqual(errorFrame('Too Many Requests'));
      expect(routed()).toEqual(['send', 'send']);
      clock.advance(1_000);
      send({ action: 'send' });
      await called('send', 3);
    });

    it('is shared with the posts of the management API', async () => {
      const { connect, fetch } = await start({}, { limits });
      const { send, nextJson } = await connect();
      await fetch('POST', '/live/@connections/AAAAAAAAAAAAAAA%3D', 'x');
      await fetch('POST', '/live/@connections/AAAAAAAAAAAAAAA%3D', 'x');
      send({ action: 'send' });
      expect(await nextJson()).toEqual(errorFrame('Too Many Requests'));
    });

    it('of the stage applies to messages only', async () => {
      const throttle = { ratePerSecond: 1, burst: 1 };
      const { connect, fetch } = await start({}, { webSocketApi: webSocketApi({ throttle }) });
      const { send, nextJson } = await connect();
      send({ action: 'send' });
      send({ action: 'send' });
      expect(await nextJson()).toEqual(errorFrame('Too Many Requests'));
      const post = await fetch('POST', '/live/@connections/AAAAAAAAAAAAAAA%3D', 'x');
      expect(post.status).toBe(410);
    });
  });
});
