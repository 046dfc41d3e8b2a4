import * as z from 'zod';
import { ChatError, type ErrorCode } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import { internalError, invalidFrame } from './errors.ts';
import { identitySchema } from './identity-context.ts';
import { measureRefusal, type RouteTelemetry } from './route-telemetry.ts';

/** An HTTP API event, payload format 2.0. */
const httpEventSchema = z.object({
  pathParameters: z.record(z.string(), z.string()).default({}),
  queryStringParameters: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    timeEpoch: z.number(),
    authorizer: z.object({ lambda: identitySchema }),
  }),
});

export interface HttpRequest {
  identity: Identity;
  /** When the gateway took the request, in milliseconds since the epoch. */
  requestedAt: number;
  path: Record<string, string>;
  query: Record<string, string>;
  body: string;
}

export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

export type HttpHandler = (event: unknown) => Promise<HttpResponse>;

const STATUS_OF: Record<ErrorCode, number> = {
  BAD_JSON: 400,
  UNKNOWN_ACTION: 404,
  INVALID_FRAME: 400,
  NOT_A_MEMBER: 403,
  FORBIDDEN: 403,
  ROOM_FULL: 403,
  RATE_LIMITED: 429,
  TOO_LARGE: 413,
  CONFLICT: 503,
  UNAVAILABLE: 503,
  INTERNAL: 503,
};

/** Turns a use of the protocol into the handler of an HTTP route, errors as {code, message}. */
export function createHttpRoute(
  { log, metrics }: RouteTelemetry,
  answer: (request: HttpRequest) => Promise<{ statusCode: number; body: unknown }>,
): HttpHandler {
  return async (event) => {
    let roomId: string | undefined;
    try {
      const request = parseHttpEvent(event);
      roomId = request.path.roomId;
      const { statusCode, body } = await answer(request);
      return respond(statusCode, body);
    } catch (error) {
      if (!(error instanceof ChatError)) log.error('route failed', { roomId, error });
      measureRefusal(metrics, error);
      const { code, message, retryAfterMs } = error instanceof ChatError ? error : internalError();
      const wait = retryAfterMs === undefined ? {} : { 'retry-after': seconds(retryAfterMs) };
      return respond(STATUS_OF[code], { code, message }, wait);
    }
  };
}

/** @throws ChatError `INVALID_FRAME` that names the field. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw invalidFrame(parsed.error);
  return parsed.data;
}

function parseHttpEvent(event: unknown): HttpRequest {
  const { pathParameters, queryStringParameters, body, isBase64Encoded, requestContext } =
    httpEventSchema.parse(event);
  return {
    identity: requestContext.authorizer.lambda,
    requestedAt: requestContext.timeEpoch,
    path: pathParameters,
    query: queryStringParameters,
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? ''),
  };
}

function respond(
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

const seconds = (ms: number) => String(Math.ceil(ms / 1000));
