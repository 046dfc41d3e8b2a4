import { Logger } from '@aws-lambda-powertools/logger';
import { createConnections } from '../../../shared/aws/connections-table.ts';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { readEnvironment } from '../../env.ts';
import { createConnectHandler } from './handler.ts';

const env = readEnvironment('connect', process.env);
const client = createDynamoClient();
const clock = systemClock;

export const handler = createConnectHandler({
  connections: createConnections({ client, table: env.CONNECTIONS_TABLE }),
  memberships: createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock }),
  rooms: createRooms({ client, table: env.ROOMS_TABLE }),
  clock,
  log: new Logger(),
  metrics: createMetrics('connect'),
});
