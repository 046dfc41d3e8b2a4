import * as z from 'zod';
import { requireMember, requireRight } from '../../../shared/domain/admission.ts';
import type { Memberships } from '../../../shared/domain/ports.ts';
import { createHttpRoute, type HttpHandler, parseWith } from '../../../shared/lambda/http-route.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import { createSocketRoute, type SocketHandler } from '../../../shared/lambda/socket-route.ts';
import { presenceSchema, roomIdSchema } from '../../../shared/protocol/schemas.ts';
import type { ReadPresence } from './presence.ts';

export interface PresenceHandlerDependencies {
  readPresence: ReadPresence;
  memberships: Pick<Memberships, 'roomsOf'>;
  log: Log;
}

/** `presence` over a socket → who is in the room now. Members only. */
export function createPresenceHandler({
  readPresence,
  memberships,
  log,
}: PresenceHandlerDependencies): SocketHandler {
  return createSocketRoute(presenceSchema, log, async ({ roomId }, { connectionId }) => {
    const admission = requireMember(memberships, connectionId, roomId);
    return { type: 'presence', roomId, ...(await readPresence(roomId, admission)) };
  });
}

const pathSchema = z.object({ roomId: roomIdSchema });

/** `GET …/presence` → the same, for whoever has the right to the room. */
export function createGetPresenceHandler({
  readPresence,
  log,
}: Pick<PresenceHandlerDependencies, 'readPresence' | 'log'>): HttpHandler {
  return createHttpRoute(log, async ({ identity, path }) => {
    const { roomId } = parseWith(pathSchema, path);
    requireRight(identity, roomId);
    return { statusCode: 200, body: await readPresence(roomId, Promise.resolve()) };
  });
}
