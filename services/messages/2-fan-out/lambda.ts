import { Logger } from '@aws-lambda-powertools/logger';
import { ulid } from 'ulid';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { fromImage } from '../../../shared/aws/message-record.ts';
import {
  createDeadLetters,
  createDeliveryQueue,
  createRoomJobQueue,
  createSqsClient,
} from '../../../shared/aws/queues.ts';
import { createPacings, createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { enqueueTimed, packTimed } from '../../../shared/protocol/travel-times.ts';
import { packFrames } from '../../../shared/protocol/wire-entry.ts';
import { readEnvironment, readPacingLimits } from '../../env.ts';
import { createFanOut } from './fan-out.ts';
import { createFanOutHandler } from './handler.ts';
import { createPacedFanOut } from './paced-fan-out.ts';

const env = readEnvironment('fanOut', process.env);
const dynamo = createDynamoClient();
const sqs = createSqsClient();
const clock = systemClock;
const isTimed = env.TRAVEL_TIMES === 'on';
const queue = createDeliveryQueue({ client: sqs, queueUrl: env.DELIVERY_QUEUE_URL });
const jobs = createRoomJobQueue({ client: sqs, queueUrl: env.FLUSH_QUEUE_URL });
const rooms = createRooms({ client: dynamo, table: env.ROOMS_TABLE });
const limits = readPacingLimits(env);

export const handler = createFanOutHandler({
  rooms,
  fanOut: createPacedFanOut({
    fanOut: createFanOut({
      memberships: createMemberships({ client: dynamo, table: env.MEMBERSHIPS_TABLE, clock }),
      packFrames: isTimed ? packTimed(packFrames, clock) : packFrames,
      jobs,
      limits,
      clock,
    }),
    rooms,
    pacings: createPacings({ client: dynamo, table: env.ROOMS_TABLE }),
    jobs,
    newJobId: ulid,
    clock,
    limits,
  }),
  limits,
  queue: isTimed ? enqueueTimed(queue, clock) : queue,
  readImage: fromImage,
  deadLetters: createDeadLetters({ client: sqs, queueUrl: env.FAN_OUT_DLQ_URL }),
  log: new Logger(),
  metrics: createMetrics('fanOut'),
});
