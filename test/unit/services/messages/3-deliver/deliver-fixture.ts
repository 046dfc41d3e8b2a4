import {
  createDeliver,
  type DeliverDependencies,
  RESERVE_MS,
} from '../../../../../services/messages/3-deliver/deliver.ts';
import { createDeliverHandler } from '../../../../../services/messages/3-deliver/handler.ts';
import { createPace } from '../../../../../services/messages/3-deliver/pace.ts';
import { createSettle } from '../../../../../services/messages/3-deliver/settle.ts';
import { decodeJob, encodeJob } from '../../../../../shared/aws/delivery-job.ts';
import type { DeliveryJob } from '../../../../../shared/domain/ports.ts';
import { aDeliveryJob } from '../../../../support/delivery-jobs.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aLambdaContext, anSqsEvent, anSqsRecord } from '../../../../support/sqs-events.ts';

export const FRAMES = ['frame-1', 'frame-2', 'frame-3'];
export const NOTHING_FAILED = { batchItemFailures: [] };
export const ids = (count: number, prefix = 'c') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

export interface DeliverOptions extends Partial<DeliverDependencies> {
  /** Posts after which the time that may be used is over. */
  postsInTime?: number;
  /** Rounds of retries after which it is over. */
  roundsInTime?: number;
  concurrency?: number;
}

/** The delivery consumer as `lambda.ts` composes it, on the world in memory. */
export function aDeliverHandler(options: DeliverOptions = {}) {
  const { postsInTime = Number.POSITIVE_INFINITY, concurrency = 50 } = options;
  const { roundsInTime = Number.POSITIVE_INFINITY, ...overrides } = options;
  const chat = createInMemoryChat();
  const rounds: number[] = [];
  const pace = createPace({ postsPerSecond: 1_000_000, clock: chat.clock });
  const handle = createDeliverHandler({
    beginBatch: createDeliver({
      poster: chat.poster,
      closer: chat.closer,
      clock: chat.clock,
      pace,
      turnLimits: { slots: concurrency, againSlots: concurrency, asideMax: 0 },
      backoff: async (round) => {
        rounds.push(round);
      },
      // Whatever is awaited comes before the next look at the time, and nothing in memory is slow.
      after: (_ms, callback) => {
        const soon = setImmediate(callback);
        return () => clearImmediate(soon);
      },
      ...overrides,
    }),
    postsPerSecond: () => pace.postsPerSecond,
    settle: createSettle(chat),
    readJob: decodeJob,
    deadLetters: chat.deadLetters,
    memberships: chat.memberships,
    connections: chat.connections,
    log: chat.logger,
    metrics: chat.metrics,
  });
  const isInTime = () => chat.poster.posts.length < postsInTime && rounds.length < roundsInTime;
  const context = aLambdaContext(() => (isInTime() ? 30_000 : RESERVE_MS - 1));
  return {
    chat,
    rounds,
    deliver: (...jobs: Partial<DeliveryJob>[]) =>
      handle(
        anSqsEvent(
          ...jobs.map((job, index) =>
            anSqsRecord(encodeJob(aDeliveryJob({ frames: FRAMES, ...job })), `record-${index}`),
          ),
        ),
        context,
      ),
    deliverBody: (...bodies: string[]) =>
      handle(
        anSqsEvent(...bodies.map((body, index) => anSqsRecord(body, `record-${index}`))),
        context,
      ),
    /** Of the last batch. */
    summary: () =>
      chat.logger.lines.findLast(({ message }) => message === 'delivered')?.fields ?? {},
    connect: (connectionId: string, connectedAt: number) =>
      chat.connections.add({ connectionId, userId: 'ada', connectedAt }),
  };
}

export const failureOf = (...itemIdentifiers: string[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
