import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnectionGateway } from '../../../operations/sweep/gateway.ts';
import { createJudge } from '../../../operations/sweep/judge.ts';
import {
  createConnectionRows,
  createMembershipRows,
  type Rows,
} from '../../../operations/sweep/rows.ts';
import { sweep } from '../../../operations/sweep/sweep.ts';
import { createConnections } from '../../../shared/aws/connections-table.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import {
  type Fixture,
  requestContextOf,
  startGateway,
} from '../../unit/local/gateway/gateway-fixture.ts';
import { type Engines, startEngines } from '../aws/engines.ts';

const HOUR_MS = 3_600_000;
const SHARDS = 2;
const now = Date.now();
const clock = { now: () => now };

let engines: Engines;
let gateway: Fixture;
let connections: ReturnType<typeof createConnections>;
let memberships: ReturnType<typeof createMemberships>;
let tables: { connections: Rows; memberships: Rows };

beforeAll(async () => {
  engines = await startEngines();
  gateway = await startGateway();
  const { patientClient: client, names } = engines;
  const ofConnections = { client, table: names.CONNECTIONS_TABLE };
  const ofMemberships = { client, table: names.MEMBERSHIPS_TABLE };
  connections = createConnections(ofConnections);
  memberships = createMemberships({ ...ofMemberships, clock });
  tables = {
    connections: createConnectionRows(ofConnections),
    memberships: createMembershipRows(ofMemberships),
  };
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  await engines?.stop();
});

let entered = 0;

/** Opens a socket; the tables get what `$connect` and two joins write, an hour ago. */
async function enter() {
  entered += 1;
  const { socket } = await gateway.connect();
  const { connectionId } = requestContextOf((await gateway.called('connect', entered)).at(-1));
  await connections.add({ connectionId, userId: 'ada', connectedAt: now - HOUR_MS });
  await join(connectionId, 'lobby', 'hall');
  const leave = async () => {
    socket.close();
    await gateway.called('disconnect');
  };
  return { connectionId, leave };
}

async function join(connectionId: string, ...roomIds: string[]) {
  const member = { connectionId, userId: 'ada', joinedAt: now - HOUR_MS, expiresAt: now + HOUR_MS };
  for (const roomId of roomIds) await memberships.join({ ...member, roomId }, SHARDS);
}

async function membersOf(roomId: string): Promise<string[]> {
  const members: string[] = [];
  const all = { first: 0, end: SHARDS };
  for await (const page of memberships.connectionPages(roomId, all)) members.push(...page);
  return members.toSorted();
}

/** What a run says of each row. The functions of this gateway remove nothing at `$disconnect`. */
async function run(dryRun = false): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  const end = await sweep({
    tables,
    judge: createJudge({
      gateway: createConnectionGateway({ endpoint: `${gateway.origin}/live`, concurrency: 5 }),
      connections,
      clock,
      takeTurn: async () => true,
    }),
    dryRun,
    signal: new AbortController().signal,
    pace: async () => {},
    onVerdict(table, verdict, rows) {
      const key = `${table} ${verdict}`;
      seen[key] = (seen[key] ?? 0) + rows;
    },
  });
  expect(end).toEqual({ kind: 'done' });
  return seen;
}

describe('sweep, in real tables and before a real gateway', () => {
  it('removes both sides of every membership of who has gone, once', async () => {
    const ann = await enter();
    const ben = await enter();
    // Without a row of its own, and unknown to the gateway; the other side of one is gone already.
    const lost = ann.connectionId.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    await join(lost, 'lobby');
    const otherSide = { partition: `connection#${lost}`, member: 'lobby' };
    await tables.memberships.remove([{ key: otherSide }]);
    await ben.leave();
    const found = {
      'connections alive': 1,
      'connections gone': 1,
      'memberships alive': 4,
      'memberships gone': 5,
    };

    expect(await run(true)).toEqual(found);
    expect(await membersOf('hall')).toEqual([ann.connectionId, ben.connectionId].toSorted());
    expect(await run()).toEqual(found);
    expect(await membersOf('lobby')).toEqual([ann.connectionId]);
    expect(await membersOf('hall')).toEqual([ann.connectionId]);
    expect(await memberships.roomsOf(ben.connectionId, ['lobby', 'hall'])).toEqual(new Set());
    expect(await run()).toEqual({ 'connections alive': 1, 'memberships alive': 4 });
  });

  it('leaves a socket alone whose $connect has not returned yet', async () => {
    const connectionId = 'bmV3Y29ubmVjdGlv=';
    await connections.add({ connectionId, userId: 'ada', connectedAt: now - 1_000 });

    expect(await run()).toMatchObject({ 'connections young': 1 });
    expect(await connections.connectedAt([connectionId])).toEqual(
      new Map([[connectionId, now - 1_000]]),
    );
  });
});
