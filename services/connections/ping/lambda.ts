import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { readEnvironment } from '../../env.ts';
import { createPingHandler } from './handler.ts';

const env = readEnvironment('ping', process.env);
const client = createDynamoClient();
const clock = systemClock;

export const handler = createPingHandler({
  memberships: createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock }),
  rooms: createRooms({ client, table: env.ROOMS_TABLE }),
  clock,
  log: new Logger(),
  metrics: createMetrics('ping'),
});
