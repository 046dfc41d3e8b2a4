import type { Memberships } from '../../../shared/domain/ports.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { RouteMetrics } from '../../../shared/lambda/metrics.ts';
import { createSocketRoute, type SocketHandler } from '../../../shared/lambda/socket-route.ts';
import { leaveSchema } from '../../../shared/protocol/schemas.ts';

export interface LeaveDependencies {
  memberships: Pick<Memberships, 'leave'>;
  log: Log;
  metrics: RouteMetrics;
}

/** `leave` → no membership. Frames already on their way may still arrive. */
export function createLeaveHandler({
  memberships,
  log,
  metrics,
}: LeaveDependencies): SocketHandler {
  return createSocketRoute(leaveSchema, { log, metrics }, async ({ roomId }, { connectionId }) => {
    await memberships.leave(connectionId, roomId);
    return { type: 'left', roomId };
  });
}
