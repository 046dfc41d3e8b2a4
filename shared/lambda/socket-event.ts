import * as z from 'zod';
import type { Identity } from '../domain/identity.ts';
import { identitySchema } from './identity-context.ts';

/**
 * WebSocket events as API Gateway sends them. Powertools' schema is of no use here: it requires
 * fields that only authorizer events have.
 */
const requestContextSchema = z.object({
  connectionId: z.string().min(1),
  connectedAt: z.number(),
  requestTimeEpoch: z.number(),
  identity: z
    .object({ sourceIp: z.string().optional(), userAgent: z.string().nullish() })
    .optional(),
  authorizer: identitySchema,
});

const messageEventSchema = z.object({
  requestContext: requestContextSchema,
  body: z.string().default(''),
});

const connectEventSchema = z.object({
  requestContext: requestContextSchema,
  headers: z.record(z.string(), z.string()).default({}),
  queryStringParameters: z.record(z.string(), z.string()).default({}),
});

const disconnectEventSchema = z.object({
  requestContext: z.object({
    connectionId: z.string().min(1),
    connectedAt: z.number(),
    requestTimeEpoch: z.number(),
    disconnectStatusCode: z.number().optional(),
    disconnectReason: z.string().optional(),
  }),
});

/** The connection that an event speaks of. Times in milliseconds since the epoch. */
export interface SocketContext {
  connectionId: string;
  connectedAt: number;
  /** When the gateway took the frame. */
  requestedAt: number;
  sourceIp: string;
  userAgent: string;
  identity: Identity;
}

function toContext(context: z.infer<typeof requestContextSchema>): SocketContext {
  return {
    connectionId: context.connectionId,
    connectedAt: context.connectedAt,
    requestedAt: context.requestTimeEpoch,
    sourceIp: context.identity?.sourceIp ?? '',
    userAgent: context.identity?.userAgent ?? '',
    identity: context.authorizer,
  };
}

/** @throws ZodError for an event that is not a MESSAGE event of an authorized connection. */
export function parseMessageEvent(event: unknown): { context: SocketContext; body: string } {
  const { requestContext, body } = messageEventSchema.parse(event);
  return { context: toContext(requestContext), body };
}

/** @throws ZodError for an event that is not a CONNECT event of an authorized connection. */
export function parseConnectEvent(event: unknown) {
  const { requestContext, headers, queryStringParameters } = connectEventSchema.parse(event);
  return { context: toContext(requestContext), headers, query: queryStringParameters };
}

/** @throws ZodError for an event that is not a DISCONNECT event. */
export function parseDisconnectEvent(event: unknown) {
  const { connectionId, connectedAt, requestTimeEpoch, disconnectStatusCode, disconnectReason } =
    disconnectEventSchema.parse(event).requestContext;
  const lastedMs = Math.max(0, requestTimeEpoch - connectedAt);
  return { connectionId, code: disconnectStatusCode, reason: disconnectReason, lastedMs };
}

/** Header names arrive in the case in which the client wrote them. */
export function headerOf(headers: Record<string, string>, name: string): string | undefined {
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return entry?.[1];
}
