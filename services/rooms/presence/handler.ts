import * as z from 'zod';
import { requireMember, requireRight } from '../../../shared/domain/admission.ts';
import type { Memberships } from '../../../shared/domain/ports.ts';
import { createHttpRoute, type HttpHandler, parseWith } from '../../../shared/lambda/http-route.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { RouteMetrics } from '../../../shared/lambda/metrics.ts';
import { createSocketRoute, type SocketHandler } from '../../../shared/lambda/socket-route.ts';
import { presenceSchema, roomIdSchema } from '../../../shared/protocol/schemas.ts';
import type { ReadPresence } from './presence.ts';

export interface PresenceHandlerDependencies {
  readPresence: ReadPresence;
  memberships: Pick<Memberships, 'roomsOf'>;
  log: Log;
  metrics: RouteMetrics;
}

/** `presence` over a socket → who is in the room now. Members only. */
export function createPresenceHandler({
  readPresence,
  memberships,
  log,
  metrics,
}: PresenceHandlerDependencies): SocketHandler {
  return createSocketRoute(
    presenceSchema,
    { log, metrics },
    async ({ roomId }, { connectionId }) => {
      const admission = requireMember(memberships, connectionId, roomId);
      return { type: 'presence', roomId, ...(await readPresence(roomId, admission)) };
    },
  );
}

const pathSchema = z.object({ roomId: roomIdSchema });

/** `GET …/presence` → the same, for whoever has the right to the room. */
export function createGetPresenceHandler({
  readPresence,
  log,
  metrics,
}: Pick<PresenceHandlerDependencies, 'readPresence' | 'log' | 'metrics'>): HttpHandler {
  return createHttpRoute({ log, metrics }, async ({ identity, path }) => {
    const { roomId } = parseWith(pathSchema, path);
    requireRight(identity, roomId);
    return { statusCode: 200, body: await readPresence(roomId, Promise.resolve()) };
  });
}
