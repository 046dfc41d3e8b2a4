import { ChatError } from '../../../shared/domain/errors.ts';
import { joinRoom } from '../../../shared/domain/join-room.ts';
import type { Clock, Connections, Memberships, Rooms } from '../../../shared/domain/ports.ts';
import { ROOM_ID_PATTERN } from '../../../shared/domain/room.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';
import {
  headerOf,
  parseConnectEvent,
  type SocketContext,
} from '../../../shared/lambda/socket-event.ts';
import { SUBPROTOCOL } from '../../../shared/protocol/frames.ts';

export interface ConnectDependencies {
  connections: Pick<Connections, 'add'>;
  memberships: Pick<Memberships, 'join'>;
  rooms: Pick<Rooms, 'read'>;
  clock: Clock;
  log: Log;
  metrics: MetricsOf<'connect'>;
}

export interface ConnectResponse {
  statusCode: number;
  headers?: Record<string, string>;
}

/**
 * `$connect` → a row for the connection and, with `?roomId=`, its first membership. A status other
 * than 200 refuses the upgrade: 400 malformed room id, 403 no right to the room. What throws becomes a 502.
 */
export function createConnectHandler(dependencies: ConnectDependencies) {
  const { connections, memberships, rooms, clock, log, metrics } = dependencies;

  async function enter(context: SocketContext, roomId: string): Promise<void> {
    const { connectionId, connectedAt, identity } = context;
    const room = await rooms.read(roomId);
    await joinRoom({ memberships, clock }, { connectionId, connectedAt, identity }, room);
  }

  return async (event: unknown): Promise<ConnectResponse> => {
    const { context, headers, query } = parseConnectEvent(event);
    const { connectionId, connectedAt, identity } = context;
    const { roomId } = query;
    if (roomId !== undefined && !ROOM_ID_PATTERN.test(roomId)) return refuse(400);

    await connections.add({ connectionId, userId: identity.userId, connectedAt });
    try {
      if (roomId !== undefined) await enter(context, roomId);
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'FORBIDDEN') throw error;
      return refuse(403);
    }
    log.info('connected', { connectionId, userId: identity.userId, roomId });
    metrics.emit({ opened: 1 });
    return { statusCode: 200, ...selectSubprotocol(headers) };
  };

  function refuse(statusCode: number): ConnectResponse {
    metrics.emit({ refused: 1 });
    return { statusCode };
  }
}

/** API Gateway selects none by itself: the function names the one it speaks, if it was offered. */
function selectSubprotocol(headers: Record<string, string>): Pick<ConnectResponse, 'headers'> {
  const offered = headerOf(headers, 'sec-websocket-protocol')?.split(',') ?? [];
  const speaks = offered.some((protocol) => protocol.trim() === SUBPROTOCOL);
  return speaks ? { headers: { 'Sec-WebSocket-Protocol': SUBPROTOCOL } } : {};
}
