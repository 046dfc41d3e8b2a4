import type { Connection, Connections } from '../../shared/domain/ports.ts';
import { type Calls, createCalls } from './calls.ts';

export interface InMemoryConnections extends Connections {
  get(connectionId: string): Connection | undefined;
}

export function createInMemoryConnections(calls: Calls = createCalls()): InMemoryConnections {
  const stored = new Map<string, Connection>();
  return {
    get: (connectionId) => stored.get(connectionId),
    add: (connection) =>
      calls.through('connections.add', () => {
        stored.set(connection.connectionId, connection);
      }),
    remove: (connectionIds) =>
      calls.through('connections.remove', () => {
        for (const connectionId of connectionIds) stored.delete(connectionId);
      }),
    connectedAt: (connectionIds) =>
      calls.through('connections.connectedAt', () => {
        const known = connectionIds.map((connectionId) => stored.get(connectionId));
        return new Map(
          known
            .filter((connection) => connection !== undefined)
            .map(({ connectionId, connectedAt }) => [connectionId, connectedAt]),
        );
      }),
    page: (limit, after) =>
      calls.through('connections.page', () => {
        const ids = [...stored.keys()].toSorted();
        const rest = after === undefined ? ids : ids.filter((id) => id > after);
        const connections = rest
          .slice(0, limit)
          .map((id) => ({ connectionId: id, connectedAt: stored.get(id)?.connectedAt ?? 0 }));
        const last = connections.at(-1)?.connectionId;
        return rest.length < limit || last === undefined
          ? { connections }
          : { connections, next: last };
      }),
  };
}
