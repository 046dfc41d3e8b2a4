import type { Clock, Memberships, Rooms } from '../../../shared/domain/ports.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { RouteMetrics } from '../../../shared/lambda/metrics.ts';
import { createSocketRoute, type SocketHandler } from '../../../shared/lambda/socket-route.ts';
import { pingSchema } from '../../../shared/protocol/schemas.ts';

export interface PingDependencies {
  memberships: Pick<Memberships, 'roomsOf'>;
  rooms: Pick<Rooms, 'readMany'>;
  clock: Clock;
  log: Log;
  metrics: RouteMetrics;
}

/**
 * `ping` → the time, and the heads of the rooms named, so that a client learns of a gap even when
 * nothing follows it. Rooms that the connection is not a member of are left out.
 */
export function createPingHandler({
  memberships,
  rooms,
  clock,
  log,
  metrics,
}: PingDependencies): SocketHandler {
  return createSocketRoute(pingSchema, { log, metrics }, async (frame, { connectionId }) => {
    const named = Object.keys(frame.rooms ?? {});
    const joined = named.length === 0 ? [] : [...(await memberships.roomsOf(connectionId, named))];
    const known = joined.length === 0 ? new Map() : await rooms.readMany(joined);
    const heads = Object.fromEntries(
      joined.map((roomId) => [roomId, known.get(roomId)?.head ?? 0]),
    );
    return { type: 'pong', time: new Date(clock.now()).toISOString(), heads };
  });
}
