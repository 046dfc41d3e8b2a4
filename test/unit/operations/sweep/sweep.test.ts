import { describe, expect, it } from '@jest/globals';
import type { Presence } from '../../../../operations/sweep/gateway.ts';
import { createJudge, YOUNG_MS } from '../../../../operations/sweep/judge.ts';
import type { Row, Rows } from '../../../../operations/sweep/rows.ts';
import { type SweepOptions, sweep } from '../../../../operations/sweep/sweep.ts';
import { createCalls } from '../../../support/calls.ts';
import { createFakeClock, NOON } from '../../../support/fake-clock.ts';
import { createInMemoryConnections } from '../../../support/in-memory-connections.ts';

const HOUR_MS = 3_600_000;

const aRow = (connectionId: string, row: Partial<Row> = {}): Row => ({
  connectionId,
  key: { connectionId },
  writtenAt: NOON - HOUR_MS,
  expiresAt: NOON + HOUR_MS,
  ...row,
});

/** Pages of a row each, so that a run can be stopped between any two. */
function createTable(rows: Row[]): Rows & { rows: Row[] } {
  return {
    rows,
    async page(_, after) {
      const index = Number(after?.index ?? 0);
      const next = index + 1 < rows.length ? { next: { index: String(index + 1) } } : {};
      return { rows: rows.slice(index, index + 1), unreadable: 0, ...next };
    },
    async remove(dead) {
      for (const { key } of dead) {
        const index = rows.findIndex((row) => row.key === key);
        rows.splice(index, 1, aRow('removed'));
      }
    },
  };
}

interface Scene {
  connections?: Row[];
  memberships?: Row[];
  /** Those that are not open. */
  presence?: Record<string, Presence>;
  onAsk?: (stop: () => void) => void;
}

async function run(scene: Scene, options: Partial<SweepOptions> = {}) {
  const tables = {
    connections: createTable(scene.connections ?? []),
    memberships: createTable(scene.memberships ?? []),
  };
  const known = createInMemoryConnections(createCalls());
  for (const { connectionId, writtenAt } of scene.connections ?? []) {
    await known.add({ connectionId, userId: 'ada', connectedAt: writtenAt });
  }
  const asked: string[] = [];
  const verdicts: string[] = [];
  const stopping = new AbortController();
  const end = await sweep({
    tables,
    judge: createJudge({
      gateway: {
        async presenceOf(connectionId) {
          asked.push(connectionId);
          scene.onAsk?.(() => stopping.abort());
          return scene.presence?.[connectionId] ?? 'open';
        },
      },
      connections: known,
      clock: createFakeClock(),
      takeTurn: async () => !stopping.signal.aborted,
    }),
    dryRun: false,
    signal: stopping.signal,
    pace: async () => {},
    onVerdict: (table, verdict) => verdicts.push(`${table} ${verdict}`),
    ...options,
  });
  return { tables, asked, verdicts, end };
}

const idsIn = ({ rows }: { rows: Row[] }) => rows.map(({ connectionId }) => connectionId);

describe('sweep', () => {
  it('removes what belongs to a connection that is gone, and nothing else', async () => {
    const { tables, verdicts, end } = await run({
      connections: [aRow('open'), aRow('gone')],
      memberships: [aRow('gone'), aRow('open'), aRow('gone')],
      presence: { gone: 'gone' },
    });

    expect(end).toEqual({ kind: 'done' });
    expect(idsIn(tables.connections)).toEqual(['open', 'removed']);
    expect(idsIn(tables.memberships)).toEqual(['removed', 'open', 'removed']);
    expect(verdicts.filter((verdict) => verdict.endsWith('gone'))).toHaveLength(3);
  });

  it('finds a membership whose connection has no row, and asks before it removes it', async () => {
    const { tables, asked } = await run({
      memberships: [aRow('lost'), aRow('hidden')],
      presence: { lost: 'gone' },
    });

    expect(idsIn(tables.memberships)).toEqual(['removed', 'hidden']);
    expect(asked).toEqual(['lost', 'hidden']);
  });

  it('removes what has expired without asking', async () => {
    const { tables, asked } = await run({ memberships: [aRow('old', { expiresAt: NOON })] });

    expect(idsIn(tables.memberships)).toEqual(['removed']);
    expect(asked).toEqual([]);
  });

  it('leaves a connection alone that may be opening: the gateway does not know it yet', async () => {
    const opening = aRow('opening', { writtenAt: NOON - YOUNG_MS + 1 });
    const { tables, asked } = await run({
      connections: [opening],
      memberships: [opening],
      presence: { opening: 'gone' },
    });

    expect(idsIn(tables.connections)).toEqual(['opening']);
    expect(idsIn(tables.memberships)).toEqual(['opening']);
    expect(asked).toEqual([]);
  });

  it('removes a young membership of a connection that it has found gone', async () => {
    const { tables } = await run({
      connections: [aRow('gone')],
      memberships: [aRow('gone', { writtenAt: NOON })],
      presence: { gone: 'gone' },
    });

    expect(idsIn(tables.memberships)).toEqual(['removed']);
  });

  it('keeps what the gateway does not answer for', async () => {
    const scene = { connections: [aRow('c1')], presence: { c1: 'unknown' as const } };
    const { tables, verdicts } = await run(scene);

    expect(idsIn(tables.connections)).toEqual(['c1']);
    expect(verdicts).toEqual(['connections unknown']);
  });

  it('counts the same in a dry run, and removes nothing', async () => {
    const scene = (): Scene => ({
      connections: [aRow('gone')],
      memberships: [aRow('gone'), aRow('lost')],
      presence: { gone: 'gone', lost: 'gone' },
    });
    const dry = await run(scene(), { dryRun: true });

    expect(dry.verdicts).toEqual((await run(scene())).verdicts);
    expect(idsIn(dry.tables.connections)).toEqual(['gone']);
    expect(idsIn(dry.tables.memberships)).toEqual(['gone', 'lost']);
  });

  it('is stopped without judging by answers that it did not get, and goes on from there', async () => {
    const connections = ['c1', 'c2', 'c3'].map((id) => aRow(id));
    const presence = { c1: 'gone', c2: 'gone', c3: 'gone' } as const;
    let asks = 0;
    const stopped = await run({
      connections,
      presence,
      onAsk: (stop) => {
        asks += 1;
        if (asks === 2) stop();
      },
    });

    expect(idsIn(stopped.tables.connections)).toEqual(['removed', 'c2', 'c3']);
    const { end } = stopped;
    if (end.kind !== 'stopped') throw new Error('It was not stopped.');
    const resumed = await run({ connections, presence }, { from: end.cursor });
    expect(resumed.asked).toEqual(['c2', 'c3']);
    expect(idsIn(resumed.tables.connections)).toEqual(['removed', 'removed', 'removed']);
  });

  it('stops when the gateway answers nobody', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => aRow(`c${index}`));
    const page = { rows, unreadable: 0, next: { index: '1' } };
    const tables = { ...createTable([]), page: async () => page };
    const presence = Object.fromEntries(rows.map(({ connectionId }) => [connectionId, 'unknown']));
    const { end } = await run(
      { presence: presence as Record<string, Presence> },
      { tables: { connections: tables, memberships: tables } },
    );

    expect(end).toEqual({ kind: 'refused', cursor: { table: 'connections' } });
  });
});
