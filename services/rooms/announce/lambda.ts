import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { readMembershipChange } from '../../../shared/aws/membership-change.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createDeliveryQueue, createSqsClient } from '../../../shared/aws/queues.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { presenceFrames } from '../../../shared/protocol/push-frames.ts';
import { readEnvironment } from '../../env.ts';
import { createAnnounce } from './announce.ts';
import { createAnnounceHandler } from './handler.ts';

const env = readEnvironment('announce', process.env);
const client = createDynamoClient();
const clock = systemClock;

export const handler = createAnnounceHandler({
  rooms: createRooms({ client, table: env.ROOMS_TABLE }),
  announce: createAnnounce({
    memberships: createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock }),
    presenceFrames,
    clock,
  }),
  readChange: readMembershipChange,
  queue: createDeliveryQueue({ client: createSqsClient(), queueUrl: env.DELIVERY_QUEUE_URL }),
  log: new Logger(),
  metrics: createMetrics('announce'),
});
