import { lastValues, type MultiValue } from './request-parts.ts';
import { formatRequestTime } from './request-time.ts';

/** What every event of a connection repeats. */
export interface ConnectionFacts {
  connectionId: string;
  connectedAt: number;
  identity: { sourceIp: string; userAgent?: string };
  /** The authorizer's principal and its context, all strings; absent without an authorizer. */
  authorizer?: Record<string, string>;
}

/** What only the upgrade request knows. */
export interface UpgradeRequest {
  headers: MultiValue;
  query: MultiValue;
}

interface RequestContext extends ConnectionFacts {
  routeKey: string;
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  messageId?: string;
  disconnectStatusCode?: number;
  disconnectReason?: string;
  extendedRequestId: string;
  requestId: string;
  requestTime: string;
  requestTimeEpoch: number;
  messageDirection: 'IN';
  stage: string;
  domainName: string;
  apiId: string;
}

interface UpgradeEvent {
  headers: Record<string, string>;
  multiValueHeaders: MultiValue;
  queryStringParameters?: Record<string, string>;
  multiValueQueryStringParameters?: MultiValue;
  requestContext: RequestContext;
}

export interface AuthorizerEvent extends Required<UpgradeEvent> {
  type: 'REQUEST';
  methodArn: string;
  stageVariables: Record<string, string>;
}

export interface ConnectEvent extends UpgradeEvent {
  isBase64Encoded: false;
}

export interface MessageEvent {
  requestContext: RequestContext;
  body: string;
  isBase64Encoded: false;
}

export interface DisconnectEvent {
  headers: Record<string, string>;
  multiValueHeaders: MultiValue;
  requestContext: RequestContext;
  isBase64Encoded: false;
}

export interface WebSocketEvents {
  authorize(facts: ConnectionFacts, upgrade: UpgradeRequest): AuthorizerEvent;
  connect(facts: ConnectionFacts, upgrade: UpgradeRequest): ConnectEvent;
  message(facts: ConnectionFacts, routeKey: string, body: string): MessageEvent;
  disconnect(facts: ConnectionFacts, statusCode: number, reason: string): DisconnectEvent;
}

/** Where events come from: the API, and what makes each of them unique. */
export interface EventOrigin {
  apiId: string;
  region: string;
  accountId: string;
  now: () => number;
  newId: () => string;
}

/**
 * Builds the events of API Gateway's WebSocket proxy integration as AWS sends them: a key that AWS
 * leaves out is absent here too, not undefined, since handlers test with `in` and schemas are strict.
 */
export function createWebSocketEvents(origin: EventOrigin, stage: string): WebSocketEvents {
  const { apiId, accountId, region } = origin;
  const domainName = `${apiId}.execute-api.${region}.amazonaws.com`;
  const methodArn = `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/$connect`;

  function requestContext(
    facts: ConnectionFacts,
    routeKey: string,
    eventType: RequestContext['eventType'],
  ): RequestContext {
    const requestId = origin.newId();
    const now = origin.now();
    return {
      routeKey,
      eventType,
      extendedRequestId: requestId,
      requestId,
      requestTime: formatRequestTime(now),
      requestTimeEpoch: now,
      messageDirection: 'IN',
      stage,
      connectedAt: facts.connectedAt,
      identity: facts.identity,
      domainName,
      connectionId: facts.connectionId,
      apiId,
      ...(facts.authorizer !== undefined && { authorizer: facts.authorizer }),
    };
  }

  return {
    authorize: (facts, { headers, query }) => ({
      type: 'REQUEST',
      methodArn,
      headers: lastValues(headers),
      multiValueHeaders: headers,
      queryStringParameters: lastValues(query),
      multiValueQueryStringParameters: query,
      stageVariables: {},
      requestContext: requestContext(facts, '$connect', 'CONNECT'),
    }),

    connect: (facts, { headers, query }) => ({
      headers: lastValues(headers),
      multiValueHeaders: headers,
      ...(Object.keys(query).length > 0 && {
        queryStringParameters: lastValues(query),
        multiValueQueryStringParameters: query,
      }),
      requestContext: requestContext(facts, '$connect', 'CONNECT'),
      isBase64Encoded: false,
    }),

    message: (facts, routeKey, body) => ({
      requestContext: {
        ...requestContext(facts, routeKey, 'MESSAGE'),
        messageId: origin.newId(),
      },
      body,
      isBase64Encoded: false,
    }),

    disconnect(facts, statusCode, reason) {
      const multiValueHeaders: MultiValue = {
        Host: [domainName],
        'x-api-key': [''],
        'X-Forwarded-For': [facts.identity.sourceIp],
        'x-restapi': [''],
      };
      return {
        headers: lastValues(multiValueHeaders),
        multiValueHeaders,
        requestContext: {
          ...requestContext(facts, '$disconnect', 'DISCONNECT'),
          disconnectStatusCode: statusCode,
          disconnectReason: reason,
        },
        isBase64Encoded: false,
      };
    },
  };
}
