import pLimit from 'p-limit';
import { createDeliver } from '../../../../../services/messages/3-deliver/deliver.ts';
import { createDeliverHandler } from '../../../../../services/messages/3-deliver/handler.ts';
import { createSettle } from '../../../../../services/messages/3-deliver/settle.ts';
import { decodeJob, encodeJob } from '../../../../../shared/aws/delivery-job.ts';
import type { DeliveryJob } from '../../../../../shared/domain/ports.ts';
import { aDeliveryJob } from '../../../../support/delivery-jobs.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aLambdaContext, anSqsEvent, anSqsRecord } from '../../../../support/sqs-events.ts';

export const FRAMES = ['frame-1', 'frame-2', 'frame-3'];
export const NOTHING_FAILED = { batchItemFailures: [] };
export const ids = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

/** The delivery consumer as `lambda.ts` composes it, on the world in memory. */
export function aDeliverHandler(options: { postsInTime?: number; concurrency?: number } = {}) {
  const { postsInTime = Number.POSITIVE_INFINITY, concurrency = 50 } = options;
  const chat = createInMemoryChat();
  const rounds: number[] = [];
  const handle = createDeliverHandler({
    deliver: createDeliver({
      poster: chat.poster,
      clock: chat.clock,
      limit: pLimit(concurrency),
      backoff: async (round) => {
        rounds.push(round);
      },
    }),
    settle: createSettle(chat),
    readJob: decodeJob,
    deadLetters: chat.deadLetters,
    memberships: chat.memberships,
    connections: chat.connections,
    log: chat.logger,
  });
  const context = aLambdaContext(() => (chat.poster.posts.length < postsInTime ? 8_000 : 7_999));
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
    summary: () => chat.logger.lines.find(({ message }) => message === 'delivered')?.fields ?? {},
    connect: (connectionId: string, connectedAt: number) =>
      chat.connections.add({ connectionId, userId: 'ada', connectedAt }),
  };
}

export const failureOf = (...itemIdentifiers: string[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
