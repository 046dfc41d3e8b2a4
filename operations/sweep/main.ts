/** `npm run sweep`: removes what neither a goodbye nor a delivery has removed. */
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createConnections } from '../../shared/aws/connections-table.ts';
import { systemClock } from '../../shared/lambda/time.ts';
import {
  INTERRUPTED,
  reachStack,
  runCommand,
  say,
  stopAtInterrupt,
  tell,
} from '../common/command.ts';
import { createPace } from '../common/pace.ts';
import { managementEndpointOf } from '../common/stack-access.ts';
import { type CommandLine, encodeCursor, HELP, readCommandLine } from './command-line.ts';
import { createConnectionGateway } from './gateway.ts';
import { createJudge } from './judge.ts';
import { createSweepReport } from './report.ts';
import { createConnectionRows, createMembershipRows } from './rows.ts';
import { PAGE_ROWS, type SweepEnd, sweep } from './sweep.ts';

const PROGRESS_INTERVAL_MS = 1_000;

function howItEnded(end: SweepEnd): string {
  if (end.kind === 'done') return '';
  const why = end.kind === 'refused' ? ', since API Gateway answers nobody' : '';
  return ` Stopped${why}. Go on with --from ${encodeCursor(end.cursor)}`;
}

async function run({ dryRun, perSecond, from, ...target }: CommandLine): Promise<number> {
  const access = await reachStack(target);
  const { outputs, signing } = access;
  const signal = stopAtInterrupt('Bringing to an end what is under way …');
  const client = DynamoDBDocumentClient.from(access.dynamoDb);
  const sleep = (delayMs: number) => delay(delayMs, undefined, { signal }).catch(() => {});
  const pace = createPace(perSecond, { clock: systemClock, sleep, signal });
  const connections = { client, table: outputs.ConnectionsTableName };
  const report = createSweepReport(dryRun);

  const progress = setInterval(() => say(`${report.summary()} …`), PROGRESS_INTERVAL_MS);
  try {
    const end = await sweep({
      tables: {
        connections: createConnectionRows(connections),
        memberships: createMembershipRows({ client, table: outputs.MembershipsTableName }),
      },
      judge: createJudge({
        gateway: createConnectionGateway({
          endpoint: managementEndpointOf(access),
          concurrency: PAGE_ROWS,
          ...(signing && { signing }),
        }),
        connections: createConnections(connections),
        clock: systemClock,
        async takeTurn() {
          if (!signal.aborted) await pace.take(1);
          return !signal.aborted;
        },
      }),
      dryRun,
      from,
      signal,
      pace: pace.take,
      onVerdict: report.add,
    });
    const table = report.table();
    if (table !== '') tell(`${table}\n`);
    tell(`${report.summary()}.${howItEnded(end)}`);
    if (end.kind === 'stopped') return INTERRUPTED;
    return end.kind === 'refused' || report.count('unknown') > 0 ? 1 : 0;
  } finally {
    clearInterval(progress);
  }
}

await runCommand({ help: HELP, read: readCommandLine, run });
