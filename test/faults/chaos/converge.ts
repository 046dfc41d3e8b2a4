import { setTimeout as delay } from 'node:timers/promises';
import type { LocalStack } from '../../../local/stack.ts';
import type { FinalConnection, FinalState } from '../checker/history.ts';
import type { Crowd } from './crowd.ts';
import { readMembers } from './read-tables.ts';

export interface ConvergeOptions {
  stack: LocalStack;
  crowd: Crowd;
  /** Where each client is a member. */
  roomsOf: ReadonlyMap<string, string>;
  onProgress: (line: string) => void;
}

/** Far more than it takes. Who is not there by then is named by the checker. */
const PATIENCE_MS = 300_000;
/** A word that is spoken has that long at least, or it would itself be missed. */
const WORD_MS = 20_000;

/**
 * Waits until every send has ended, everybody has seen everything, and nobody is a member who is not
 * connected; or until patience ends.
 *
 * @returns who is connected, and who a member
 */
export async function converge(
  options: ConvergeOptions,
): Promise<Pick<FinalState, 'members' | 'connections'>> {
  const { stack, crowd, roomsOf, onProgress } = options;
  const patience = new AbortController();
  const late = delay(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).catch(
    () => {},
  );
  const deadline = performance.now() + PATIENCE_MS;
  const leftMs = () => Math.max(0, deadline - performance.now());

  try {
    await crowd.tell('hush', { withinMs: leftMs() });
    for (;;) {
      // Connections that have gone unnoticed are found by the next message of their room.
      const { behind } = await crowd.tell('word', { withinMs: leftMs() });
      await Promise.race([stack.idle(), late]);
      const connections = connectionsOf(stack, roomsOf);
      const members = await readMembers(stack);
      const connected = new Set(connections.map(({ connectionId }) => connectionId));
      const isSettled =
        behind === 0 &&
        connections.length === roomsOf.size &&
        members.every(({ connectionId }) => connected.has(connectionId));
      if (isSettled || leftMs() < WORD_MS) {
        return { members, connections: [...connections, ...absent(connections, roomsOf)] };
      }
      onProgress(
        `${behind} clients are behind, ${connections.length} connected, ${members.length} members`,
      );
    }
  } finally {
    patience.abort();
  }
}

function connectionsOf(
  { gateway }: LocalStack,
  roomsOf: ReadonlyMap<string, string>,
): FinalConnection[] {
  return gateway.openConnections().map(({ connectionId, authorizer }) => {
    const client = authorizer?.principalId ?? '';
    const room = roomsOf.get(client);
    return { connectionId, client, alive: true, rooms: room === undefined ? [] : [room] };
  });
}

/** Who is not connected is owed everything all the same. */
function absent(
  connections: readonly FinalConnection[],
  roomsOf: ReadonlyMap<string, string>,
): FinalConnection[] {
  const connected = new Set(connections.map(({ client }) => client));
  return [...roomsOf.keys()].filter((client) => !connected.has(client)).map(aliveWithoutConnection);
}

export function aliveWithoutConnection(client: string): FinalConnection {
  return { connectionId: `none of ${client}`, client, alive: true, rooms: [] };
}
