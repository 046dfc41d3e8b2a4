import { Logger } from '@aws-lambda-powertools/logger';
import pLimit from 'p-limit';
import { jitteredBackoff } from '../../../shared/aws/backoff.ts';
import { createConnections } from '../../../shared/aws/connections-table.ts';
import { decodeJob } from '../../../shared/aws/delivery-job.ts';
import { createDynamoClient } from '../../../shared/aws/dynamodb.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createPoster } from '../../../shared/aws/poster.ts';
import {
  createDeadLetters,
  createDeliveryQueue,
  createSqsClient,
} from '../../../shared/aws/queues.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { readEnvironment } from '../../env.ts';
import { createDeliver } from './deliver.ts';
import { createDeliverHandler } from './handler.ts';
import { createSettle } from './settle.ts';

/** Posts under way at once in one environment. */
const POST_CONCURRENCY = 50;

const env = readEnvironment('deliver', process.env);
const dynamo = createDynamoClient();
const sqs = createSqsClient();
const clock = systemClock;
const connections = createConnections({ client: dynamo, table: env.CONNECTIONS_TABLE });

export const handler = createDeliverHandler({
  deliver: createDeliver({
    poster: createPoster({ endpoint: env.MANAGEMENT_ENDPOINT, concurrency: POST_CONCURRENCY }),
    clock,
    limit: pLimit(POST_CONCURRENCY),
    backoff: (round) => jitteredBackoff.wait(round, 200, 2_000),
  }),
  settle: createSettle({
    connections,
    queue: createDeliveryQueue({ client: sqs, queueUrl: env.DELIVERY_QUEUE_URL }),
    clock,
  }),
  readJob: decodeJob,
  deadLetters: createDeadLetters({ client: sqs, queueUrl: env.DELIVERY_DLQ_URL }),
  memberships: createMemberships({ client: dynamo, table: env.MEMBERSHIPS_TABLE, clock }),
  connections,
  log: new Logger(),
});
