import type { Context, SQSEvent } from 'aws-lambda';
import pLimit from 'p-limit';
import { createDeliver } from '../../../../services/messages/3-deliver/deliver.ts';
import { createDeliverHandler } from '../../../../services/messages/3-deliver/handler.ts';
import { createSettle } from '../../../../services/messages/3-deliver/settle.ts';
import { decodeJob } from '../../../../shared/aws/delivery-job.ts';
import type { Adapters } from '../adapters.ts';

const POST_CONCURRENCY = 50;

export const composeDeliver = (adapters: Adapters) => {
  const { poster, clock, backoff, connections, memberships, log } = adapters;
  const handler = createDeliverHandler({
    deliver: createDeliver({
      poster,
      clock,
      limit: pLimit(POST_CONCURRENCY),
      backoff: (round) => backoff.wait(round, 200, 2_000),
    }),
    settle: createSettle({ connections, queue: adapters.deliveryQueue, clock }),
    readJob: decodeJob,
    deadLetters: adapters.deliveryDeadLetters,
    memberships,
    connections,
    log,
  });
  return (event: unknown, context: unknown) => handler(event as SQSEvent, context as Context);
};
