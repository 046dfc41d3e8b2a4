import { ChatError } from '../../../shared/domain/errors.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';
import { parseMessageEvent, type SocketContext } from '../../../shared/lambda/socket-event.ts';
import {
  idOf,
  parseJson,
  type SocketHandler,
  socketResponse,
  toErrorFrame,
} from '../../../shared/lambda/socket-route.ts';
import { ACTIONS, type UnknownActionFrame } from '../../../shared/protocol/frames.ts';

/** `$default`, whatever no route is for → what could have been asked instead, and who is asking. */
export function createDefaultHandler({
  metrics,
}: {
  metrics: MetricsOf<'default'>;
}): SocketHandler {
  return async (event) => {
    const { context, body } = parseMessageEvent(event);
    metrics.emit({ refused: 1 });
    try {
      const frame = parseJson(body);
      return socketResponse(unknownAction(frame, context), idOf(frame));
    } catch (error) {
      return socketResponse(toErrorFrame(error), undefined);
    }
  };
}

function unknownAction(frame: unknown, context: SocketContext): UnknownActionFrame {
  const { connectionId, connectedAt, sourceIp, userAgent } = context;
  const error = new ChatError('UNKNOWN_ACTION', `${complaint(frame)} It must be one of actions.`);
  return {
    ...toErrorFrame(error),
    code: 'UNKNOWN_ACTION',
    actions: ACTIONS,
    connection: {
      connectionId,
      connectedAt: new Date(connectedAt).toISOString(),
      sourceIp,
      userAgent,
    },
  };
}

function complaint(frame: unknown): string {
  if (typeof frame !== 'object' || frame === null || !('action' in frame)) {
    return 'The frame has no action.';
  }
  const { action } = frame;
  if (typeof action !== 'string') return 'The action is not a string.';
  return `There is no action "${action.slice(0, 64)}".`;
}
