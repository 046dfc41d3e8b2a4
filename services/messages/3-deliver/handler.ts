import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type {
  Connections,
  DeadLetters,
  DeliveryJob,
  Memberships,
} from '../../../shared/domain/ports.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { Deliver, RecipientResult } from './deliver.ts';
import type { Settlement } from './settle.ts';

export interface DeliverHandlerDependencies {
  deliver: Deliver;
  settle: (job: DeliveryJob, results: readonly RecipientResult[]) => Promise<Settlement>;
  /** @throws for a body that is not a delivery job. */
  readJob: (body: string) => DeliveryJob;
  deadLetters: DeadLetters;
  memberships: Pick<Memberships, 'removeConnections'>;
  connections: Pick<Connections, 'remove'>;
  log: Log;
}

/**
 * Delivery queue → frames at connections, at least once.
 *
 * Every recipient has an outcome, so a record fails only when nobody could be made responsible for
 * the rest of it; SQS then delivers it again, and after five times it is in the dead-letter queue. A
 * job that cannot be parsed goes there at once, with the reason.
 */
export function createDeliverHandler(dependencies: DeliverHandlerDependencies) {
  const { deliver, settle, readJob, deadLetters, memberships, connections, log } = dependencies;

  async function readOrSetAside({ messageId, body }: SQSRecord): Promise<DeliveryJob | undefined> {
    try {
      return readJob(body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error('poison delivery job', { messageId, reason });
      await deadLetters.add({ reason, record: body });
      return undefined;
    }
  }

  /** Once per batch. If it fails, the next message finds the same connections gone again. */
  async function removeGone(connectionIds: string[]): Promise<void> {
    if (connectionIds.length === 0) return;
    try {
      await memberships.removeConnections(connectionIds);
      await connections.remove(connectionIds);
    } catch (error) {
      log.error('gone connections were not removed', { connectionIds, error });
    }
  }

  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const rooms = new Set<string>();
    const gone = new Set<string>();
    const counts = { jobs: 0, recipients: 0, requeued: 0, givenUp: 0, poison: 0 };
    const outcomes: Partial<Record<RecipientResult['outcome'], number>> = {};

    const processRecord = async (record: SQSRecord) => {
      const job = await readOrSetAside(record);
      if (job === undefined) {
        counts.poison += 1;
        return;
      }
      const results = await deliver(job, () => context.getRemainingTimeInMillis());
      for (const { outcome } of results) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      rooms.add(job.roomId);
      counts.jobs += 1;
      counts.recipients += results.length;

      const settlement = await settle(job, results);
      for (const connectionId of settlement.gone) gone.add(connectionId);
      counts.requeued += settlement.requeued.length;
      counts.givenUp += settlement.givenUp.length;
      if (settlement.givenUp.length > 0) {
        const { roomId, hops } = job;
        log.error('recipients given up', { roomId, hops, connectionIds: settlement.givenUp });
      }
    };

    const processor = new BatchProcessor(EventType.SQS);
    const response = await processPartialResponse(event, processRecord, processor, {
      context,
      throwOnFullBatchFailure: false,
    });
    for (const error of processor.errors) log.error('delivery job failed', { error });
    await removeGone([...gone]);
    const failed = response.batchItemFailures.length;
    log.info('delivered', { rooms: [...rooms], ...counts, outcomes, removed: gone.size, failed });
    return response;
  };
}
