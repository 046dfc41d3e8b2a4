import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { ulid } from 'ulid';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createTableReader } from '../../../shared/aws/messages-table.ts';
import {
  createDeadLetters,
  createDeliveryQueue,
  createRoomJobQueue,
  createSqsClient,
} from '../../../shared/aws/queues.ts';
import { decodeRoomJob } from '../../../shared/aws/room-job.ts';
import { createPacings, createRooms } from '../../../shared/aws/rooms-table.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { daysToMs, systemClock } from '../../../shared/lambda/time.ts';
import { enqueueTimed, packTimed } from '../../../shared/protocol/travel-times.ts';
import { packFrames, sizeInFrames } from '../../../shared/protocol/wire-entry.ts';
import { readEnvironment, readPacingLimits } from '../../env.ts';
import { createFanOut } from '../2-fan-out/fan-out.ts';
import { createFlush } from './flush.ts';
import { createFlushHandler } from './handler.ts';
import { createTellPart } from './tell-part.ts';

const env = readEnvironment('flush', process.env);
const client = createDynamoClient();
const sqs = createSqsClient();
const clock = systemClock;
const memberships = createMemberships({ client, table: env.MEMBERSHIPS_TABLE, clock });
const isTimed = env.TRAVEL_TIMES === 'on';
const deliveryQueue = createDeliveryQueue({ client: sqs, queueUrl: env.DELIVERY_QUEUE_URL });
const queue = isTimed ? enqueueTimed(deliveryQueue, clock) : deliveryQueue;
const limits = readPacingLimits(env);
const jobs = createRoomJobQueue({ client: sqs, queueUrl: env.FLUSH_QUEUE_URL });

export const handler = createFlushHandler({
  flush: createFlush({
    rooms: createRooms({ client, table: env.ROOMS_TABLE }),
    pacings: createPacings({ client, table: env.ROOMS_TABLE }),
    reader: createTableReader({
      client,
      table: env.MESSAGES_TABLE,
      clock,
      retentionMs: daysToMs(env.RETENTION_DAYS),
    }),
    fanOut: createFanOut({
      memberships,
      packFrames: isTimed ? packTimed(packFrames, clock) : packFrames,
      jobs,
      limits,
      clock,
    }),
    sizeInFrames,
    queue,
    jobs,
    newJobId: ulid,
    clock,
    pause: async (ms) => void (await pause(ms)),
    limits,
  }),
  tellPart: createTellPart({ memberships, queue, limits }),
  readJob: decodeRoomJob,
  deadLetters: createDeadLetters({ client: sqs, queueUrl: env.FLUSH_DLQ_URL }),
  log: new Logger(),
  metrics: createMetrics('flush'),
});
