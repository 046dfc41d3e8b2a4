import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpApiModel } from '../template/model.ts';
import { type AuthorizerVerdict, authorize } from './authorizer.ts';
import { createCors } from './cors.ts';
import type { HttpEvents, HttpRequest } from './http-events.ts';
import { type HttpAnswer, platformAnswer, readHttpResult } from './http-result.ts';
import { compileHttpRoutes, type HttpMatch } from './http-routes.ts';
import { readIdentitySource } from './identity-sources.ts';
import type { Integrate } from './integration.ts';
import type { GatewayLimits } from './limits.ts';
import { type RequestBody, readBody } from './read-body.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface HttpApiDeps {
  api: HttpApiModel;
  integrate: Integrate;
  events: HttpEvents;
  limits: GatewayLimits;
  throttle: TokenBucket;
  /** Answers what no route matches; without it, 404. */
  fallback: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
}

/** Request → CORS preflight, or throttle → authorizer → the route's function → answer. */
export function createHttpApi(
  deps: HttpApiDeps,
): (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void> {
  const findRoute = compileHttpRoutes(deps.api.routes);
  const cors = createCors(deps.api.cors);

  async function handle(request: IncomingMessage, match: HttpMatch): Promise<HttpAnswer> {
    const body = await new Promise<RequestBody>((done) =>
      readBody(request, deps.limits.httpPayloadBytes, done),
    );
    if (body === 'too-large') return platformAnswer(413, 'Request Entity Too Large');
    if (body === 'aborted') return platformAnswer(400, 'Bad Request');
    if (!deps.throttle.tryTake()) return platformAnswer(429, 'Too Many Requests');

    const described = deps.events.read(request, match);
    const verdict = await askAuthorizer(described);
    if (verdict?.status === 'unauthorized') return platformAnswer(401, 'Unauthorized');
    if (verdict?.status === 'denied') return platformAnswer(403, 'Forbidden');
    if (verdict?.status === 'broken') return platformAnswer(500, 'Internal Server Error');

    const { functionId, integrationTimeoutMs } = match.route;
    const event = deps.events.route(described, body, verdict?.context);
    return readHttpResult(await deps.integrate(functionId, event, integrationTimeoutMs));
  }

  async function askAuthorizer(request: HttpRequest): Promise<AuthorizerVerdict | undefined> {
    const { authorizer } = request.match.route;
    if (authorizer === undefined) return undefined;
    const scope = {
      headers: request.headers,
      query: request.query,
      context: request.shared.requestContext,
    };
    return authorize(
      {
        authorizer,
        identity: (source) => readIdentitySource(source, scope),
        event: (identities) => deps.events.authorize(request, identities),
        arn: deps.events.routeArn(request),
        simpleResponses: true,
      },
      deps.integrate,
      deps.limits,
    );
  }

  return async (request, response, path) => {
    const method = request.method ?? 'GET';
    const preflight = cors.preflight(method, request.headers);
    if (preflight !== undefined) {
      request.resume();
      response.writeHead(204, preflight).end();
      return;
    }
    const match = findRoute(method, path);
    if (match === undefined && deps.fallback !== undefined) {
      deps.fallback(request, response);
      return;
    }
    if (match === undefined) request.resume();
    const answer = match ? await handle(request, match) : platformAnswer(404, 'Not Found');
    const withCors = (headers: Record<string, string>) => cors.apply(headers, request.headers);
    try {
      write(response, answer, withCors(answer.headers));
    } catch {
      // The function's header names or values are not valid HTTP.
      const refusal = platformAnswer(500, 'Internal Server Error');
      write(response, refusal, withCors(refusal.headers));
    }
  };
}

function write(
  response: ServerResponse,
  answer: HttpAnswer,
  headers: Record<string, string>,
): void {
  response.writeHead(answer.status, {
    ...headers,
    'content-length': Buffer.byteLength(answer.body),
    ...(answer.cookies.length > 0 && { 'set-cookie': answer.cookies }),
  });
  response.end(answer.body);
}
