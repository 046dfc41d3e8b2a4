import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { CONNECTION_LIFETIME_MS } from '../../../shared/domain/limits.ts';
import type { Member, Memberships } from '../../../shared/domain/ports.ts';
import { createFakeClock, type FakeClock, NOON } from '../../support/fake-clock.ts';
import type { Engines } from './engines.ts';

export const EXPIRES_AT = NOON + CONNECTION_LIFETIME_MS;

export interface Joining extends Partial<Member> {
  roomId?: string;
  shardCount?: number;
  expiresAt?: number;
}

export interface MembershipsFixture {
  memberships: Memberships;
  clock: FakeClock;
  /** Ann joins `roomId`, unless told otherwise. */
  join(joining?: Joining): Promise<void>;
  joinAll(connectionIds: readonly string[], joining?: Joining): Promise<void>;
  /** What the fan-out would post to, sorted. */
  connectionsOf(roomId: string, shardCount?: number): Promise<string[]>;
  /** The rows of a partition as they stand in the table. */
  partitionOf(partition: string): Promise<Record<string, unknown>[]>;
}

export function createMembershipsFixture(engines: Engines, roomId: string): MembershipsFixture {
  const clock = createFakeClock();
  const { client } = engines;
  const table = engines.names.MEMBERSHIPS_TABLE;
  const memberships = createMemberships({ client, table, clock });
  /** Many at once may take longer than the functions' client waits. */
  const patient = createMemberships({ client: engines.patientClient, table, clock });

  const membership = (joining: Omit<Joining, 'shardCount'>) => {
    const ann = { connectionId: 'ann-1=', userId: 'ann' };
    return { ...ann, roomId, joinedAt: NOON, expiresAt: EXPIRES_AT, ...joining };
  };
  return {
    memberships,
    clock,
    join: ({ shardCount = 1, ...joining } = {}) =>
      memberships.join(membership(joining), shardCount),
    async joinAll(connectionIds, { shardCount = 1, ...joining } = {}) {
      await Promise.all(
        connectionIds.map((connectionId) =>
          patient.join(membership({ ...joining, connectionId }), shardCount),
        ),
      );
    },
    async connectionsOf(room, shardCount = 1) {
      return (await collect(memberships.connectionPages(room, { first: 0, end: shardCount })))
        .flat()
        .toSorted();
    },
    async partitionOf(partition) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: '#partition = :partition',
          ExpressionAttributeNames: { '#partition': 'partition' },
          ExpressionAttributeValues: { ':partition': partition },
          ConsistentRead: true,
        }),
      );
      return Items;
    },
  };
}

/** `c-000=`, `c-001=`, … */
export const connectionIds = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}=`);

export async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const page of pages) collected.push(page);
  return collected;
}
