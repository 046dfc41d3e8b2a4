import type { Message } from '../../../client/types.ts';
import { fromRecord } from '../../../shared/aws/message-record.ts';
import type { FinalState } from '../checker/history.ts';
import type { Application } from './application.ts';
import { TABLES } from './deployment.ts';
import type { Gateway } from './gateway.ts';
import type { Observer } from './observer.ts';
import type { Finding } from './simulation.ts';
import type { SimulatedTables } from './tables.ts';

/** What an application was given when it read back. */
export interface Page {
  client: string;
  roomId: string;
  messages: readonly Message[];
}

export interface World {
  tables: SimulatedTables;
  gateway: Gateway;
  observer: Observer;
}

export function finalStateOf({ tables, gateway, observer }: World): FinalState {
  const members = tables.itemsOf(TABLES.memberships).flatMap(({ partition, member }) => {
    const [side, roomId = ''] = String(partition).split('#');
    return side === 'room' ? [{ roomId, connectionId: String(member) }] : [];
  });
  const told = [...observer.told.values()];
  return {
    log: tables.itemsOf(TABLES.messages).map((item) => fromRecord(item).entry),
    members,
    connections: gateway.wires.map((wire) => ({
      connectionId: wire.connectionId,
      client: wire.client,
      alive: wire.state === 'open' && wire.carries,
      rooms: told.filter((known) => known.wire === wire).map(({ roomId }) => roomId),
    })),
  };
}

/** Everybody is back, and in every room that they want to be in. */
export function judgeConvergence(
  applications: ReadonlyMap<string, Application>,
  final: FinalState,
): Finding[] {
  return [...applications.values()].flatMap(({ name, rooms }) =>
    [...rooms].flatMap((roomId) => {
      const isIn = final.connections.some(
        ({ alive, client, rooms: entered }) => alive && client === name && entered.includes(roomId),
      );
      if (isIn) return [];
      const message = `${name} is not back in ${roomId}.`;
      return [{ rule: 'not-back', roomId, client: name, message, events: [], rows: [] }];
    }),
  );
}

/** A page of history is a stretch of the log: nothing between its ends is missing, nothing is other. */
export function judgePages(pages: readonly Page[], { log }: FinalState): Finding[] {
  return pages.flatMap(({ client, roomId, messages }) => {
    const [first, last] = [messages[0]?.seq, messages.at(-1)?.seq];
    if (first === undefined || last === undefined) return [];
    const stretch = log.filter(
      (row) =>
        row.roomId === roomId && row.kind === 'message' && row.seq >= first && row.seq <= last,
    );
    const [given, stored] = [messages, stretch.toSorted((a, b) => a.seq - b.seq)].map((entries) =>
      entries.map((entry) => `${entry.seq} ${'messageId' in entry ? entry.messageId : ''}`),
    );
    if (given?.join() === stored?.join()) return [];
    const message = `${client} read ${given} in ${roomId}, where ${stored} is stored.`;
    return [{ rule: 'two-orders', roomId, client, seq: first, message, events: [], rows: stretch }];
  });
}
