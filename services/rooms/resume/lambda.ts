import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createTableReader } from '../../../shared/aws/messages-table.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { daysToMs, systemClock } from '../../../shared/lambda/time.ts';
import { readEnvironment } from '../../env.ts';
import { createResumeHandler } from './handler.ts';

const env = readEnvironment('resume', process.env);
const client = createDynamoClient();
const clock = systemClock;

export const handler = createResumeHandler({
  rooms: createRooms({ client, table: env.ROOMS_TABLE }),
  memberships: createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock }),
  reader: createTableReader({
    client,
    table: env.MESSAGES_TABLE,
    clock,
    retentionMs: daysToMs(env.RETENTION_DAYS),
  }),
  clock,
  log: new Logger(),
  metrics: createMetrics('resume'),
});
