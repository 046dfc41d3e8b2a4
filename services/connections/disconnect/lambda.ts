import { Logger } from '@aws-lambda-powertools/logger';
import { createConnections } from '../../../shared/aws/connections-table.ts';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { readEnvironment } from '../../env.ts';
import { createDisconnectHandler } from './handler.ts';

const env = readEnvironment('disconnect', process.env);
const client = createDynamoClient();

export const handler = createDisconnectHandler({
  memberships: createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock: systemClock }),
  connections: createConnections({ client, table: env.CONNECTIONS_TABLE }),
  log: new Logger(),
  metrics: createMetrics('disconnect'),
});
