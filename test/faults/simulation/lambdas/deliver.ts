import type { Context, SQSEvent } from 'aws-lambda';
import { createDeliver } from '../../../../services/messages/3-deliver/deliver.ts';
import { createDeliverHandler } from '../../../../services/messages/3-deliver/handler.ts';
import { createPace } from '../../../../services/messages/3-deliver/pace.ts';
import { createSettle } from '../../../../services/messages/3-deliver/settle.ts';
import { decodeJob } from '../../../../shared/aws/delivery-job.ts';
import type { Adapters } from '../adapters.ts';
import { POSTS_PER_SECOND } from '../deployment.ts';

const TURN_LIMITS = { slots: 50, againSlots: 10, asideMax: 250 };

export const composeDeliver = (adapters: Adapters) => {
  const { poster, closer, clock, after, backoff, connections, memberships, log, metrics } =
    adapters;
  const pace = createPace({ postsPerSecond: POSTS_PER_SECOND, clock });
  const handler = createDeliverHandler({
    beginBatch: createDeliver({
      poster,
      closer,
      clock,
      pace,
      turnLimits: TURN_LIMITS,
      backoff: (round) => backoff.wait(round, 200, 2_000),
      after,
    }),
    postsPerSecond: () => pace.postsPerSecond,
    settle: createSettle({ connections, queue: adapters.deliveryQueue }),
    readJob: decodeJob,
    deadLetters: adapters.deliveryDeadLetters,
    memberships,
    connections,
    log,
    metrics,
  });
  return (event: unknown, context: unknown) => handler(event as SQSEvent, context as Context);
};
