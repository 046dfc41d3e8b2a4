import type * as z from 'zod';
import type { RouteTelemetry } from './route-telemetry.ts';
import type { SocketContext } from './socket-event.ts';
import { socketResponse, useFrame } from './socket-route.ts';

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
  telemetry: RouteTelemetry,
  { act, refuse }: Notice<z.output<Schema>>,
): NoticeHandler {
  return async (event) => {
    const { id, context, refusal } = await useFrame(schema, telemetry, event, act);
    if (refusal !== undefined) {
      try {
        await refuse(socketResponse(refusal, id).body, context);
      } catch (error) {
        const { connectionId } = context;
        telemetry.log.warn('error frame was not sent', { connectionId, error });
      }
    }
    return { statusCode: 200 };
  };
}
