import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createDeliveryQueue, createSqsClient } from '../../../shared/aws/queues.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { readEnvironment } from '../../env.ts';
import { createTypingHandler } from './handler.ts';
import { createTyping } from './typing.ts';

const env = readEnvironment('typing', process.env);
const client = createDynamoClient();
const clock = systemClock;
const memberships = createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock });
const queue = createDeliveryQueue({ client: createSqsClient(), queueUrl: env.DELIVERY_QUEUE_URL });

export const handler = createTypingHandler({
  tellTyping: createTyping({
    rooms: createRooms({ client, table: env.ROOMS_TABLE }),
    memberships,
    queue,
    clock,
  }),
  memberships,
  queue,
  clock,
  log: new Logger(),
  metrics: createMetrics('typing'),
});
