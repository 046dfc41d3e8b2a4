import { Logger } from '@aws-lambda-powertools/logger';
import { jitteredBackoff } from '../../../shared/aws/backoff.ts';
import { createCloser } from '../../../shared/aws/closer.ts';
import { createConnections } from '../../../shared/aws/connections-table.ts';
import { decodeJob } from '../../../shared/aws/delivery-job.ts';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createLeanPoster } from '../../../shared/aws/lean-poster.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createPoster } from '../../../shared/aws/poster.ts';
import {
  createDeadLetters,
  createDeliveryQueue,
  createSqsClient,
} from '../../../shared/aws/queues.ts';
import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { after, systemClock } from '../../../shared/lambda/time.ts';
import { dequeueTimed } from '../../../shared/protocol/travel-times.ts';
import { readEnvironment } from '../../env.ts';
import { createDeliver } from './deliver.ts';
import { createDeliverHandler } from './handler.ts';
import { createPace } from './pace.ts';
import { createSettle } from './settle.ts';

/** Of 1,024 file descriptors that an environment has, posts take a third at most. */
const TURN_LIMITS = { slots: 50, againSlots: 10, asideMax: 250 };

const createPosterOf = { lean: createLeanPoster, sdk: createPoster };

const env = readEnvironment('deliver', process.env);
const dynamo = createDynamoClient();
const sqs = createSqsClient();
const clock = systemClock;
/** Lasts as long as the environment, which has one batch at a time. */
const pace = createPace({ postsPerSecond: Number(env.POSTS_PER_SECOND), clock });
const connections = createConnections({ client: dynamo, table: env.CONNECTIONS_TABLE });

export const handler = createDeliverHandler({
  beginBatch: createDeliver({
    poster: createPosterOf[env.POSTER]({
      endpoint: env.MANAGEMENT_ENDPOINT,
      concurrency: TURN_LIMITS.slots + TURN_LIMITS.asideMax,
      clock,
    }),
    closer: createCloser({
      endpoint: env.MANAGEMENT_ENDPOINT,
      concurrency: TURN_LIMITS.againSlots,
    }),
    clock,
    pace,
    turnLimits: TURN_LIMITS,
    backoff: (round) => jitteredBackoff.wait(round, 200, 2_000),
    after,
  }),
  postsPerSecond: () => pace.postsPerSecond,
  settle: createSettle({
    connections,
    queue: createDeliveryQueue({ client: sqs, queueUrl: env.DELIVERY_QUEUE_URL }),
  }),
  readJob: env.TRAVEL_TIMES === 'on' ? dequeueTimed(decodeJob, clock) : decodeJob,
  deadLetters: createDeadLetters({ client: sqs, queueUrl: env.DELIVERY_DLQ_URL }),
  memberships: createMemberships({ client: dynamo, table: env.MEMBERSHIPS_TABLE, clock }),
  connections,
  log: new Logger(),
  metrics: createMetrics('deliver'),
});
