import { setTimeout as delay } from 'node:timers/promises';
import type { LocalStack } from '../../../local/stack.ts';
import type { FinalConnection, FinalState } from '../checker/history.ts';
import type { Crowd } from './crowd.ts';
import { readFinalState } from './final-state.ts';

export interface ConvergeOptions {
  stack: LocalStack;
  crowd: Crowd;
  /** Where each client is a member. */
  roomsOf: ReadonlyMap<string, string>;
  onProgress: (line: string) => void;
}

/** Far more than it takes. Who is not there by then is named by the checker. */
const PATIENCE_MS = 120_000;

/**
 * Waits until every send has ended, everybody has seen everything, and nobody is a member who is not
 * connected; or until patience ends.
 *
 * @returns what stands in the tables then
 */
export async function converge(options: ConvergeOptions): Promise<FinalState> {
  const { stack, crowd, roomsOf, onProgress } = options;
  const patience = new AbortController();
  const late = delay(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).then(
    () => undefined,
    () => undefined,
  );
  const deadline = performance.now() + PATIENCE_MS;
  const leftMs = () => Math.max(0, deadline - performance.now());

  try {
    await crowd.tell('hush', { withinMs: leftMs() });
    for (;;) {
      // Connections that have gone unnoticed are found by the next message of their room.
      const { behind } = await crowd.tell('word', { withinMs: leftMs() });
      await Promise.race([stack.idle(), late]);
      const state = await readFinalState(stack, roomsOf);
      const connected = new Set(state.connections.map(({ connectionId }) => connectionId));
      const isSettled =
        behind === 0 &&
        connected.size === roomsOf.size &&
        state.members.every(({ connectionId }) => connected.has(connectionId));
      if (isSettled || leftMs() === 0) return { ...state, connections: withAbsent(state, roomsOf) };
      const members = state.members.length;
      onProgress(`${behind} clients are behind, ${connected.size} connected, ${members} members`);
    }
  } finally {
    patience.abort();
  }
}

/** Who is not connected is owed everything all the same. */
function withAbsent(
  { connections }: FinalState,
  roomsOf: ReadonlyMap<string, string>,
): FinalConnection[] {
  const connected = new Set(connections.map(({ client }) => client));
  const absent = [...roomsOf.keys()].filter((client) => !connected.has(client));
  return [...connections, ...absent.map(aliveWithoutConnection)];
}

export function aliveWithoutConnection(client: string): FinalConnection {
  return { connectionId: `none of ${client}`, client, alive: true, rooms: [] };
}
