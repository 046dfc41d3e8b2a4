import type * as z from 'zod';
import { ChatError } from '../domain/errors.ts';
import type { ErrorFrame, Reply } from '../protocol/frames.ts';
import { internalError, invalidFrame } from './errors.ts';
import { measureRefusal, type RouteTelemetry } from './route-telemetry.ts';
import { parseMessageEvent, type SocketContext } from './socket-event.ts';

/** What a two-way route returns: API Gateway sends the body to the client. */
export interface SocketResponse {
  statusCode: 200;
  body: string;
}

export type SocketHandler = (event: unknown) => Promise<SocketResponse>;

/**
 * Turns a use of the protocol into the handler of its route: parses event and frame, answers with
 * the reply or an error frame that echoes the request's id. Whatever goes wrong, the socket stays
 * open and the client gets an answer; a status other than 200 would hide it.
 */
export function createSocketRoute<Schema extends z.ZodType<{ id?: string | undefined }>>(
  schema: Schema,
  telemetry: RouteTelemetry,
  answer: (frame: z.output<Schema>, context: SocketContext) => Promise<Reply>,
): SocketHandler {
  return async (event) => {
    const { id, result, refusal } = await useFrame(schema, telemetry, event, answer);
    return socketResponse(refusal ?? result, id);
  };
}

/** With the id to echo. */
type Used<Result> = { id: string | undefined; context: SocketContext } & (
  | { result: Result; refusal?: never }
  | { result?: never; refusal: ErrorFrame }
);

/** Lets `use` have the frame of an event; a frame or a use that fails becomes a refusal. */
export async function useFrame<Schema extends z.ZodType, Result>(
  schema: Schema,
  { log, metrics }: RouteTelemetry,
  event: unknown,
  use: (frame: z.output<Schema>, context: SocketContext) => Promise<Result>,
): Promise<Used<Result>> {
  const { context, body } = parseMessageEvent(event);
  let id: string | undefined;
  let roomId: string | undefined;
  try {
    const json = parseJson(body);
    id = idOf(json);
    const frame = schema.safeParse(json);
    if (!frame.success) throw invalidFrame(frame.error);
    roomId = roomOf(frame.data);
    return { id, context, result: await use(frame.data, context) };
  } catch (error) {
    if (!(error instanceof ChatError)) {
      log.error('route failed', { connectionId: context.connectionId, roomId, error });
    }
    measureRefusal(metrics, error);
    return { id, context, refusal: toErrorFrame(error) };
  }
}

export function socketResponse(frame: Reply | ErrorFrame, id: string | undefined): SocketResponse {
  const { type, ...rest } = frame;
  return { statusCode: 200, body: JSON.stringify({ type, id, ...rest }) };
}

export function toErrorFrame(error: unknown): ErrorFrame {
  const { code, message, retryable, retryAfterMs } =
    error instanceof ChatError ? error : internalError();
  return {
    type: 'error',
    code,
    message,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** @throws ChatError `BAD_JSON` */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new ChatError('BAD_JSON', 'The frame is not JSON.', { cause });
  }
}

/** The room that a frame is about, of those that are about one. */
function roomOf(frame: unknown): string | undefined {
  if (typeof frame !== 'object' || frame === null || !('roomId' in frame)) return undefined;
  return typeof frame.roomId === 'string' ? frame.roomId : undefined;
}

/** The id to echo, even in the error that answers a frame that is invalid otherwise. */
export function idOf(frame: unknown): string | undefined {
  if (typeof frame !== 'object' || frame === null || !('id' in frame)) return undefined;
  return typeof frame.id === 'string' ? frame.id : undefined;
}
