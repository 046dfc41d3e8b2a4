import type { Clock, Connections } from '../../shared/domain/ports.ts';
import type { ConnectionGateway } from './gateway.ts';
import type { Row } from './rows.ts';

/** What is to be done about a row. */
export type Verdict =
  /** Its connection is open. */
  | 'alive'
  /** Its connection may be opening right now: API Gateway knows it only when `$connect` has returned. */
  | 'young'
  /** API Gateway knows no such connection, and never gives an id out again. */
  | 'gone'
  /** No connection lasts that long. TTL deletes it within days; nobody reads it until then. */
  | 'expired'
  /** API Gateway did not say. */
  | 'unknown';

/** `$connect` takes 29 s at most, and clocks differ. */
export const YOUNG_MS = 60_000;

export const isDead = (verdict: Verdict): boolean => verdict === 'gone' || verdict === 'expired';

export interface JudgeDependencies {
  gateway: ConnectionGateway;
  connections: Pick<Connections, 'connectedAt'>;
  clock: Clock;
  /** Waits for the turn to ask the gateway; false when the run is being stopped. */
  takeTurn: () => Promise<boolean>;
}

export interface Judge {
  /** Of rows in the table of connections: asks the gateway about each. */
  connections(rows: readonly Row[]): Promise<Map<Row, Verdict>>;
  /**
   * Of memberships: a connection that has a row of its own was asked about there. The gateway is only
   * asked about those that have none.
   */
  memberships(rows: readonly Row[]): Promise<Map<Row, Verdict>>;
}

export function createJudge(dependencies: JudgeDependencies): Judge {
  const { gateway, connections, clock, takeTurn } = dependencies;
  /** Found dead in this run: a dry run leaves their rows where they are. */
  const dead = new Set<string>();

  function atFirstSight({ connectionId, writtenAt, expiresAt }: Row): Verdict | undefined {
    if (expiresAt <= clock.now()) return 'expired';
    if (dead.has(connectionId)) return 'gone';
    return clock.now() - writtenAt < YOUNG_MS ? 'young' : undefined;
  }

  async function ask(connectionId: string): Promise<Verdict> {
    if (!(await takeTurn())) return 'unknown';
    const presence = await gateway.presenceOf(connectionId);
    if (presence === 'gone') dead.add(connectionId);
    return presence === 'open' ? 'alive' : presence;
  }

  /** Asks once about each connection, however many rows it has. */
  async function askAbout(rows: readonly Row[], known: (connectionId: string) => boolean) {
    const answers = new Map<string, Promise<Verdict>>();
    const answerOf = (id: string): Verdict | Promise<Verdict> => {
      if (known(id)) return 'alive';
      const answer = answers.get(id) ?? ask(id);
      answers.set(id, answer);
      return answer;
    };
    const judged = rows.map(
      async (row) => [row, atFirstSight(row) ?? (await answerOf(row.connectionId))] as const,
    );
    return new Map(await Promise.all(judged));
  }

  return {
    connections: (rows) => askAbout(rows, () => false),
    async memberships(rows) {
      const open = rows.filter((row) => atFirstSight(row) === undefined);
      const withRow = await connections.connectedAt(open.map(({ connectionId }) => connectionId));
      return askAbout(rows, (connectionId) => withRow.has(connectionId));
    },
  };
}
