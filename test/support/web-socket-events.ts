import { NOON } from './fake-clock.ts';

/** Events of a WebSocket API as API Gateway sends them: what it leaves out is left out here too. */

interface SocketEventOptions {
  connectionId?: string;
  connectedAt?: number;
  requestTimeEpoch?: number;
  /** The authorizer's context; every value of it is a string. */
  authorizer?: Record<string, unknown>;
}

/** `userId` and `rooms` as the authorizer hands them on. */
export function asUser(userId: string, rooms?: readonly string[]): SocketEventOptions {
  const context = rooms === undefined ? { userId } : { userId, rooms: JSON.stringify(rooms) };
  return { authorizer: { principalId: userId, integrationLatency: 12, ...context } };
}

function requestContext(routeKey: string, eventType: string, options: SocketEventOptions) {
  const {
    connectionId = 'L0SM9cOFvHcCIhw=',
    connectedAt = NOON - 60_000,
    requestTimeEpoch = NOON,
    authorizer = asUser('ada').authorizer,
  } = options;
  return {
    routeKey,
    authorizer,
    eventType,
    extendedRequestId: 'HikAbEAdoAMFoxg=',
    requestTime: '16/Nov/2026:12:00:00 +0000',
    messageDirection: 'IN',
    stage: 'live',
    connectedAt,
    requestTimeEpoch,
    identity: { userAgent: 'Mozilla/5.0', sourceIp: '203.0.113.7' },
    requestId: 'HikAbEAdoAMFoxg=',
    domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
    connectionId,
    apiId: 'abc123',
  };
}

/** @param frame the body: text as it is, anything else as JSON. */
export function aWebSocketMessageEvent(frame: unknown, options: SocketEventOptions = {}) {
  const body = typeof frame === 'string' ? frame : JSON.stringify(frame);
  const context = requestContext(actionOf(frame), 'MESSAGE', options);
  return {
    requestContext: { ...context, messageId: 'HikAbfF_IAMCIhw=' },
    body,
    isBase64Encoded: false,
  };
}

const actionOf = (frame: unknown) =>
  typeof frame === 'object' && frame !== null && 'action' in frame
    ? String(frame.action)
    : '$default';

interface ConnectEventOptions extends SocketEventOptions {
  headers?: Record<string, string>;
  query?: Record<string, string>;
}

export function aConnectEvent(options: ConnectEventOptions = {}) {
  return {
    ...handshake(options),
    requestContext: requestContext('$connect', 'CONNECT', options),
    isBase64Encoded: false,
  };
}

/** What the authorizer of `$connect` gets; nobody is known yet. */
export function aSocketAuthorizerEvent(options: ConnectEventOptions = {}) {
  const { authorizer: _, ...context } = requestContext('$connect', 'CONNECT', options);
  return {
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:abc123/live/$connect',
    ...handshake(options),
    requestContext: context,
  };
}

function handshake({ headers = {}, query }: ConnectEventOptions) {
  const sent = {
    Host: 'abc123.execute-api.eu-west-1.amazonaws.com',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'X-Forwarded-For': '203.0.113.7',
    ...headers,
  };
  const multi = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return {
    headers: sent,
    multiValueHeaders: multi(sent),
    ...(query === undefined
      ? {}
      : { queryStringParameters: query, multiValueQueryStringParameters: multi(query) }),
  };
}

interface DisconnectEventOptions extends SocketEventOptions {
  code?: number;
  reason?: string;
}

export function aDisconnectEvent(options: DisconnectEventOptions = {}) {
  const { code = 1001, reason = '' } = options;
  const headers = { Host: 'abc123.execute-api.eu-west-1.amazonaws.com', 'x-api-key': '' };
  return {
    headers,
    requestContext: {
      ...requestContext('$disconnect', 'DISCONNECT', options),
      disconnectStatusCode: code,
      disconnectReason: reason,
    },
    isBase64Encoded: false,
  };
}
