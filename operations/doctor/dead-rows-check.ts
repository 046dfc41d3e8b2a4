import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createConnections } from '../../shared/aws/connections-table.ts';
import type { Clock } from '../../shared/domain/ports.ts';
import { managementEndpointOf, type StackAccess } from '../common/stack-access.ts';
import { createConnectionGateway } from '../sweep/gateway.ts';
import { createJudge, isDead } from '../sweep/judge.ts';
import { createConnectionRows, createMembershipRows } from '../sweep/rows.ts';
import type { Check, Finding } from './finding.ts';

/** Rows of each table that are looked at: their connections take as many requests of the quota. */
const SAMPLE_ROWS = 200;

/** A few are always on their way out. */
const DEAD_MAX_SHARE = 0.01;

const ASKED_AT_ONCE = 20;

/** Rows whose connection is gone, in a sample of both tables. What it finds, sweep removes. */
export function deadRowsCheck(access: StackAccess, clock: Clock): Check {
  const { outputs, signing } = access;
  const client = DynamoDBDocumentClient.from(access.dynamoDb);
  const connections = { client, table: outputs.ConnectionsTableName };
  const memberships = { client, table: outputs.MembershipsTableName };

  return {
    name: 'dead memberships and connections',
    async look() {
      const judge = createJudge({
        gateway: createConnectionGateway({
          endpoint: managementEndpointOf(access),
          concurrency: ASKED_AT_ONCE,
          ...(signing && { signing }),
        }),
        connections: createConnections(connections),
        clock,
        takeTurn: async () => true,
      });
      const sides = [
        [createConnectionRows(connections), judge.connections],
        [createMembershipRows(memberships), judge.memberships],
      ] as const;
      const findings: Finding[] = [];
      for (const [rows, judgeThem] of sides) {
        const { rows: sample } = await rows.page(SAMPLE_ROWS);
        // What has expired costs nothing: TTL is under way to it.
        const verdicts = [...(await judgeThem(sample)).values()].filter((it) => it !== 'expired');
        if (verdicts.includes('unknown')) throw new Error('API Gateway did not answer for all');
        const dead = verdicts.filter(isDead).length;
        if (dead === 0 || dead < sample.length * DEAD_MAX_SHARE) continue;
        const isConnections = rows === sides[0][0];
        findings.push({
          name: isConnections ? 'dead-connections' : 'dead-memberships',
          what: `${dead} of ${sample.length} rows of ${isConnections ? connections.table : memberships.table} are of connections that are gone.`,
          why: isConnections
            ? 'They ended without a goodbye, and no message has found them gone since.'
            : 'Each costs a post with every message to its room, and stands in the presence of the room.',
          fix: `npm run sweep --${access.option} --dry-run, then without`,
        });
      }
      return findings;
    },
  };
}
