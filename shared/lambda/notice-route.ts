import type * as z from 'zod';
import { ChatError } from '../domain/errors.ts';
import { invalidFrame } from './errors.ts';
import { measureRefusal, type RouteTelemetry } from './route-telemetry.ts';
import { parseMessageEvent, type SocketContext } from './socket-event.ts';
import { idOf, parseJson, socketResponse, toErrorFrame } from './socket-route.ts';

export type NoticeHandler = (event: unknown) => Promise<{ statusCode: 200 }>;

export interface Notice<Frame> {
  act(frame: Frame, context: SocketContext): Promise<void>;
  /** Gets an error frame, with the id of the request, on its way to the client. */
  refuse(errorFrame: string, context: SocketContext): Promise<void>;
}

/**
 * Turns a use of the protocol that has no reply into the handler of a one-way route.
 *
 * A two-way route could return errors by itself, but would have to return nothing on success, and
 * what API Gateway makes of an answer without a body is not documented: it might send an empty
 * frame, which is no JSON. From a one-way route it drops whatever is returned.
 *
 * Never throws: API Gateway would send its own error frame for something that is worth nothing later.
 */
export function createNoticeRoute<Schema extends z.ZodType>(
  schema: Schema,
  { log, metrics }: RouteTelemetry,
  { act, refuse }: Notice<z.output<Schema>>,
): NoticeHandler {
  return async (event) => {
    const { context, body } = parseMessageEvent(event);
    const { connectionId } = context;
    let id: string | undefined;
    try {
      const json = parseJson(body);
      id = idOf(json);
      const frame = schema.safeParse(json);
      if (!frame.success) throw invalidFrame(frame.error);
      await act(frame.data, context);
    } catch (error) {
      if (!(error instanceof ChatError)) log.error('route failed', { connectionId, error });
      measureRefusal(metrics, error);
      try {
        await refuse(socketResponse(toErrorFrame(error), id).body, context);
      } catch (cause) {
        log.warn('error frame was not sent', { connectionId, error: cause });
      }
    }
    return { statusCode: 200 };
  };
}
