import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createTableReader } from '../../../shared/aws/messages-table.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { daysToMs, systemClock } from '../../../shared/lambda/time.ts';
import { createTwoTriggerHandler } from '../../../shared/lambda/two-triggers.ts';
import { readEnvironment } from '../../env.ts';
import { createGetHistoryHandler, createHistoryHandler } from './handler.ts';
import { createReadHistory } from './history.ts';

const env = readEnvironment('history', process.env);
const client = createDynamoClient();
const clock = systemClock;
const log = new Logger();
const metrics = createMetrics('history');

const readHistory = createReadHistory({
  rooms: createRooms({ client, table: env.ROOMS_TABLE }),
  reader: createTableReader({
    client,
    table: env.MESSAGES_TABLE,
    clock,
    retentionMs: daysToMs(env.RETENTION_DAYS),
  }),
});
const memberships = createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock });

export const handler = createTwoTriggerHandler({
  socket: createHistoryHandler({ readHistory, memberships, log, metrics }),
  http: createGetHistoryHandler({ readHistory, log, metrics }),
});
