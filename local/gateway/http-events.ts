import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { EventOrigin } from './events.ts';
import type { HttpMatch } from './http-routes.ts';
import {
  lowerCaseHeaders,
  type MultiValue,
  mapValues,
  readHeaders,
  readQuery,
  sourceIpOf,
  splitUrl,
} from './request-parts.ts';
import { formatRequestTime } from './request-time.ts';

/** One HTTP API request with everything that its two events (authorizer and route) are made of. */
export interface HttpRequest {
  method: string;
  match: HttpMatch;
  headers: MultiValue;
  query: MultiValue;
  shared: SharedParts;
}

interface SharedParts {
  version: '2.0';
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  pathParameters?: Record<string, string>;
  requestContext: HttpRequestContext;
}

interface HttpRequestContext {
  accountId: string;
  apiId: string;
  authorizer?: { lambda: Record<string, unknown> };
  domainName: string;
  domainPrefix: string;
  http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string };
  requestId: string;
  routeKey: string;
  stage: '$default';
  time: string;
  timeEpoch: number;
}

export interface HttpEvent extends SharedParts {
  body?: string;
  isBase64Encoded: boolean;
}

export interface HttpAuthorizerEvent extends SharedParts {
  type: 'REQUEST';
  routeArn: string;
  identitySource: string[];
}

export interface HttpEvents {
  read(request: IncomingMessage, match: HttpMatch): HttpRequest;
  routeArn(request: HttpRequest): string;
  authorize(request: HttpRequest, identitySource: string[]): HttpAuthorizerEvent;
  /** `lambda` is the authorizer's context; undefined on a route without an authorizer. */
  route(request: HttpRequest, body: Buffer, lambda?: Record<string, unknown>): HttpEvent;
}

/** Content types whose bodies reach a function as text; every other body is base64. */
const TEXT_CONTENT = /^(text\/|application\/(json|javascript|xml|[^;]+\+(json|xml))(;|$))/i;

/** Builds events of payload format 2.0: lower-case headers, several values joined by commas. */
export function createHttpEvents(origin: EventOrigin): HttpEvents {
  const { apiId, accountId, region } = origin;
  const arnPrefix = `arn:aws:execute-api:${region}:${accountId}:${apiId}/$default`;

  return {
    read(request, match) {
      const { path, query: rawQueryString } = splitUrl(request.url);
      const method = request.method ?? 'GET';
      const headers = lowerCaseHeaders(readHeaders(request));
      const query = readQuery(rawQueryString);
      const { cookie, ...others } = headers;
      const now = origin.now();
      const shared: SharedParts = {
        version: '2.0',
        routeKey: match.route.routeKey,
        rawPath: path,
        rawQueryString,
        ...(cookie !== undefined && { cookies: cookie.flatMap((line) => line.split('; ')) }),
        headers: mapValues(others, (values) => values.join(',')),
        ...(rawQueryString !== '' && {
          queryStringParameters: mapValues(query, (values) => values.join(',')),
        }),
        ...(match.pathParameters !== undefined && { pathParameters: match.pathParameters }),
        requestContext: {
          accountId,
          apiId,
          domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
          domainPrefix: apiId,
          http: {
            method,
            path,
            protocol: `HTTP/${request.httpVersion}`,
            sourceIp: sourceIpOf(request),
            userAgent: headers['user-agent']?.at(-1) ?? '',
          },
          requestId: origin.newId(),
          routeKey: match.route.routeKey,
          stage: '$default',
          time: formatRequestTime(now),
          timeEpoch: now,
        },
      };
      return { method, match, headers, query, shared };
    },

    routeArn: ({ method, shared }) => `${arnPrefix}/${method}${shared.rawPath}`,

    authorize(request, identitySource) {
      const routeArn = this.routeArn(request);
      return { ...request.shared, type: 'REQUEST', routeArn, identitySource };
    },

    route({ shared, headers }, body, lambda) {
      const { requestContext } = shared;
      const event: HttpEvent = {
        ...shared,
        requestContext:
          lambda === undefined ? requestContext : { ...requestContext, authorizer: { lambda } },
        isBase64Encoded: false,
      };
      if (body.length === 0) return event;
      const contentType = headers['content-type']?.at(-1) ?? 'text/plain';
      const isText = TEXT_CONTENT.test(contentType) && isUtf8(body);
      return {
        ...event,
        body: body.toString(isText ? 'utf8' : 'base64'),
        isBase64Encoded: !isText,
      };
    },
  };
}
