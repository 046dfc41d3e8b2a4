import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { readEnvironment } from '../../env.ts';
import { createLeaveHandler } from './handler.ts';

const env = readEnvironment('leave', process.env);
const client = createDynamoClient();

export const handler = createLeaveHandler({
  memberships: createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock: systemClock }),
  log: new Logger(),
  metrics: createMetrics('leave'),
});
