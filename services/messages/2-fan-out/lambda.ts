import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { fromImage } from '../../../shared/aws/message-record.ts';
import {
  createDeadLetters,
  createDeliveryQueue,
  createSqsClient,
} from '../../../shared/aws/queues.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { packFrames } from '../../../shared/protocol/wire-entry.ts';
import { readEnvironment } from '../../env.ts';
import { createFanOut } from './fan-out.ts';
import { createFanOutHandler } from './handler.ts';

const env = readEnvironment('fanOut', process.env);
const dynamo = createDynamoClient();
const sqs = createSqsClient();
const clock = systemClock;

export const handler = createFanOutHandler({
  rooms: createRooms({ client: dynamo, table: env.ROOMS_TABLE }),
  fanOut: createFanOut({
    memberships: createMemberships({ client: dynamo, table: env.MEMBERSHIPS_TABLE, clock }),
    packFrames,
    clock,
  }),
  queue: createDeliveryQueue({ client: sqs, queueUrl: env.DELIVERY_QUEUE_URL }),
  readImage: fromImage,
  deadLetters: createDeadLetters({ client: sqs, queueUrl: env.FAN_OUT_DLQ_URL }),
  log: new Logger(),
  metrics: createMetrics('fanOut'),
});
