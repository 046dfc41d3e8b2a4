import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { createConnections } from '../../../shared/aws/connections-table.ts';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createDeliveryQueue, createSqsClient } from '../../../shared/aws/queues.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { readEnvironment } from '../../env.ts';
import { createDrain } from './drain.ts';
import { createDrainHandler } from './handler.ts';

const env = readEnvironment('drain', process.env);

export const handler = createDrainHandler({
  drain: createDrain({
    connections: createConnections({ client: createDynamoClient(), table: env.CONNECTIONS_TABLE }),
    queue: createDeliveryQueue({ client: createSqsClient(), queueUrl: env.DELIVERY_QUEUE_URL }),
    clock: systemClock,
    wait,
  }),
  log: new Logger(),
  metrics: createMetrics('drain'),
});
