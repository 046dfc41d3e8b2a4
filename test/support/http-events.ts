import { NOON } from './fake-clock.ts';

/** Events of an HTTP API, payload format 2.0: what a request does not have is absent. */

interface HttpEventOptions {
  routeKey?: string;
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
  isBase64Encoded?: boolean;
  userId?: string;
  /** As the authorizer hands them on: JSON text. */
  rooms?: string;
}

function common({
  routeKey = 'GET /api/rooms/{roomId}/messages',
  headers,
  query,
}: HttpEventOptions) {
  return {
    version: '2.0',
    routeKey,
    rawPath: '/api/rooms/lobby/messages',
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { host: 'abc123.execute-api.eu-west-1.amazonaws.com', ...headers },
    ...(query === undefined ? {} : { queryStringParameters: query }),
  };
}

const requestContext = {
  accountId: '123456789012',
  apiId: 'abc123',
  domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
  http: { method: 'GET', path: '/api/rooms/lobby/messages', sourceIp: '203.0.113.7' },
  requestId: 'JKJaXmPLvHcESHA=',
  stage: '$default',
  time: '16/Nov/2026:12:00:00 +0000',
  timeEpoch: NOON,
};

export function anHttpEvent(options: HttpEventOptions = {}) {
  const { path, body, isBase64Encoded = false, userId = 'ada', rooms } = options;
  const lambda = rooms === undefined ? { userId } : { userId, rooms };
  return {
    ...common(options),
    requestContext: { ...requestContext, authorizer: { lambda } },
    ...(path === undefined ? {} : { pathParameters: path }),
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  };
}

/** What the authorizer of an HTTP API gets. */
export function anHttpAuthorizerEvent(options: HttpEventOptions = {}) {
  return {
    ...common(options),
    type: 'REQUEST',
    routeArn: 'arn:aws:execute-api:eu-west-1:123456789012:abc123/$default/GET/api/rooms',
    identitySource: ['Bearer x'],
    requestContext,
  };
}
