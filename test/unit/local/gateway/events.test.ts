import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { authorizedApi, type Fixture, policy, startGateway } from './gateway-fixture.ts';

const ID = expect.stringMatching(/^[A-Za-z0-9_-]{15}=$/);

describe('WebSocket events', () => {
  let fixture: Fixture;
  afterEach(() => fixture.stop());

  const context = (change: object) => ({
    extendedRequestId: ID,
    requestId: ID,
    requestTime: '16/Mar/2025:00:46:22 +0000',
    requestTimeEpoch: Date.UTC(2025, 2, 16, 0, 46, 22),
    messageDirection: 'IN',
    stage: 'live',
    connectedAt: Date.UTC(2025, 2, 16, 0, 46, 22),
    identity: { sourceIp: '127.0.0.1' },
    domainName: 'ws123.execute-api.eu-central-1.amazonaws.com',
    connectionId: ID,
    apiId: 'ws123',
    ...change,
  });
  const proxyHeaders = () => ({
    'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-/),
    'X-Forwarded-For': '127.0.0.1',
    'X-Forwarded-Port': String(fixture.port),
    'X-Forwarded-Proto': 'http',
  });
  const sentHeaders = () => ({
    Host: `127.0.0.1:${fixture.port}`,
    'Sec-WebSocket-Extensions': expect.any(String),
    'Sec-WebSocket-Key': expect.any(String),
    'Sec-WebSocket-Version': '13',
  });
  const multi = (headers: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

  describe('without an authorizer', () => {
    beforeEach(async () => {
      fixture = await startGateway();
    });

    it('sends CONNECT with the headers as spelled, and without query keys or body', async () => {
      await fixture.connect('', [], { 'X-oDD-Case': 'v' });
      const [event] = await fixture.called('connect');
      const headers = { ...sentHeaders(), 'X-oDD-Case': 'v', ...proxyHeaders() };
      expect(event).toEqual({
        headers,
        multiValueHeaders: multi(headers),
        requestContext: context({ routeKey: '$connect', eventType: 'CONNECT' }),
        isBase64Encoded: false,
      });
    });

    it('decodes the query, keeps every value and shows the last one', async () => {
      await fixture.connect('?a=1&a=2%20x&b=%E2%82%AC&__proto__=p');
      const [event] = await fixture.called('connect');
      expect(Object.entries(event?.queryStringParameters ?? {})).toEqual([
        ['a', '2 x'],
        ['b', '€'],
        ['__proto__', 'p'],
      ]);
      expect(event).toMatchObject({
        multiValueQueryStringParameters: { a: ['1', '2 x'], b: ['€'] },
      });
    });

    it('puts the user agent into the identity when there is one', async () => {
      await fixture.connect('', [], { 'User-Agent': 'test/1' });
      const [event] = await fixture.called('connect');
      expect(event).toMatchObject({
        requestContext: { identity: { sourceIp: '127.0.0.1', userAgent: 'test/1' } },
      });
    });

    it('sends MESSAGE with a body and no headers', async () => {
      const { send } = await fixture.connect();
      send('not JSON €');
      expect(await fixture.called('default')).toEqual([
        {
          requestContext: context({
            routeKey: '$default',
            eventType: 'MESSAGE',
            messageId: ID,
          }),
          body: 'not JSON €',
          isBase64Encoded: false,
        },
      ]);
    });

    it('sends DISCONNECT with the four headers, the code and the reason', async () => {
      const { socket } = await fixture.connect();
      fixture.clock.advance(1_000);
      socket.close(4001, 'bye');
      const headers = {
        Host: 'ws123.execute-api.eu-central-1.amazonaws.com',
        'x-api-key': '',
        'X-Forwarded-For': '127.0.0.1',
        'x-restapi': '',
      };
      expect(await fixture.called('disconnect')).toEqual([
        {
          headers,
          multiValueHeaders: multi(headers),
          requestContext: context({
            routeKey: '$disconnect',
            eventType: 'DISCONNECT',
            requestTime: '16/Mar/2025:00:46:23 +0000',
            requestTimeEpoch: Date.UTC(2025, 2, 16, 0, 46, 23),
            disconnectStatusCode: 4001,
            disconnectReason: 'bye',
          }),
          isBase64Encoded: false,
        },
      ]);
    });

    it('keeps one connection id and takes a new request id for each event', async () => {
      const { send, socket } = await fixture.connect();
      send('one');
      send('two');
      await fixture.called('default', 2);
      socket.close();
      await fixture.called('disconnect');
      const contexts = fixture.calls.map(
        ({ event }) => event.requestContext as { connectionId: string; requestId: string },
      );
      expect(new Set(contexts.map(({ connectionId }) => connectionId)).size).toBe(1);
      expect(new Set(contexts.map(({ requestId }) => requestId)).size).toBe(4);
    });
  });

  describe('with an authorizer', () => {
    beforeEach(async () => {
      fixture = await startGateway(
        { authorize: () => policy('Allow', { level: 3, admin: true, name: 'Ann', none: null }) },
        { webSocketApi: authorizedApi() },
      );
    });

    it('asks it with the type, the ARN of $connect and the request', async () => {
      await fixture.connect('?token=secret');
      const headers = { ...sentHeaders(), ...proxyHeaders() };
      expect(await fixture.called('authorize')).toEqual([
        {
          type: 'REQUEST',
          methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:ws123/live/$connect',
          headers,
          multiValueHeaders: multi(headers),
          queryStringParameters: { token: 'secret' },
          multiValueQueryStringParameters: { token: ['secret'] },
          stageVariables: {},
          requestContext: context({ routeKey: '$connect', eventType: 'CONNECT' }),
        },
      ]);
    });

    it('repeats its principal and context, as strings, on every later event', async () => {
      const { send, socket } = await fixture.connect('?token=secret');
      send({ action: 'send' });
      await fixture.called('send');
      socket.close();
      await fixture.called('disconnect');
      const authorizer = { principalId: 'ann', level: '3', admin: 'true', name: 'Ann' };
      for (const { functionId, event } of fixture.calls) {
        if (functionId === 'authorize') continue;
        expect((event.requestContext as { authorizer: unknown }).authorizer).toEqual(authorizer);
      }
      expect(fixture.calls).toHaveLength(4);
    });
  });
});
