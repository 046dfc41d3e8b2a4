import { afterEach, describe, expect, it } from '@jest/globals';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import { type Fixture, policy, returned, threw } from './gateway-fixture.ts';
import { startHttpApi } from './http-api-fixture.ts';

describe('the authorizer of an HTTP API', () => {
  let fixture: Fixture;
  const start = async (...of: Parameters<typeof startHttpApi>) => {
    fixture = await startHttpApi(...of);
    return fixture;
  };
  afterEach(() => fixture.stop());

  const path = '/api/rooms/r1/messages?token=q';
  const identitySources = ['$request.header.Authorization', '$request.querystring.token'];
  const withAuthorizer = (result: InvokeResult) =>
    start({ authorize: () => result }, { identitySources });
  const headers = { authorization: 'Bearer t' };

  it.each([
    { call: path, sent: {} },
    { call: '/api/rooms/r1/messages', sent: headers },
  ])('is not asked about $call with $sent: 401', async ({ call, sent }) => {
    const { fetch } = await withAuthorizer(returned({ isAuthorized: true }));
    const answer = await fetch('GET', call, undefined, sent);
    expect(answer).toMatchObject({ status: 401, body: '{"message":"Unauthorized"}' });
    expect(fixture.calls).toEqual([]);
  });

  it('is asked with the identity sources, the route and the request', async () => {
    const { fetch, called } = await withAuthorizer(returned({ isAuthorized: true }));
    await fetch('GET', path, undefined, headers);
    const [event] = await called('authorize');
    expect(event).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn:
        'arn:aws:execute-api:eu-central-1:123456789012:http123/$default/GET/api/rooms/r1/messages',
      identitySource: ['Bearer t', 'q'],
      routeKey: 'GET /api/rooms/{roomId}/messages',
      headers,
      queryStringParameters: { token: 'q' },
      pathParameters: { roomId: 'r1' },
      requestContext: { http: { method: 'GET' } },
    });
    expect(event).not.toHaveProperty('body');
  });

  it.each<{ description: string; result: InvokeResult; context: object }>([
    {
      description: 'simple response, its values unchanged',
      result: returned({ isAuthorized: true, context: { userId: 'ann', level: 3, list: [1] } }),
      context: { userId: 'ann', level: 3, list: [1] },
    },
    {
      description: 'policy',
      result: policy('Allow', { userId: 'ann' }),
      context: { userId: 'ann' },
    },
  ])('passes the context on, given a $description', async ({ result, context }) => {
    const { fetch, called } = await withAuthorizer(result);
    expect((await fetch('GET', path, undefined, headers)).status).toBe(200);
    expect(await called('history')).toMatchObject([
      { requestContext: { authorizer: { lambda: context } } },
    ]);
  });

  it.each<{ description: string; result: InvokeResult; status: number; message: string }>([
    {
      description: 'refuses',
      result: returned({ isAuthorized: false }),
      status: 403,
      message: 'Forbidden',
    },
    { description: 'denies', result: policy('Deny'), status: 403, message: 'Forbidden' },
    {
      description: 'throws Unauthorized',
      result: threw('Unauthorized'),
      status: 401,
      message: 'Unauthorized',
    },
    { description: 'throws', result: threw('x'), status: 500, message: 'Internal Server Error' },
    {
      description: 'returns nonsense',
      result: returned({ isAuthorized: 'yes' }),
      status: 500,
      message: 'Internal Server Error',
    },
  ])('leads to $status when it $description', async ({ result, status, message }) => {
    const { fetch } = await withAuthorizer(result);
    const answer = await fetch('GET', path, undefined, headers);
    expect(answer).toMatchObject({ status, body: JSON.stringify({ message }) });
    expect(fixture.calls).toHaveLength(1);
  });
});
