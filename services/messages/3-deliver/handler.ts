import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type {
  Connections,
  DeadLetters,
  DeliveryJob,
  Memberships,
} from '../../../shared/domain/ports.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';
import { createReadOrSetAside } from '../../../shared/lambda/set-aside.ts';
import { countOutcomes, createBatchReport } from './batch-report.ts';
import type { BeginBatch, RecipientResult } from './deliver.ts';
import type { Settlement } from './settle.ts';

export interface DeliverHandlerDependencies {
  beginBatch: BeginBatch;
  /** Posts a second that the environment allows itself now. */
  postsPerSecond: () => number;
  settle: (job: DeliveryJob, results: readonly RecipientResult[]) => Promise<Settlement>;
  /** @throws for a body that is not a delivery job. */
  readJob: (body: string) => DeliveryJob;
  deadLetters: DeadLetters;
  memberships: Pick<Memberships, 'removeConnections'>;
  connections: Pick<Connections, 'remove'>;
  log: Log;
  metrics: MetricsOf<'deliver'>;
}

/**
 * Delivery queue → frames at connections, at least once.
 *
 * Every recipient has an outcome, so a record fails only when nobody could be made responsible for
 * the rest of it; SQS then delivers it again, and after five times it is in the dead-letter queue. A
 * job that cannot be parsed goes there at once, with the reason.
 */
export function createDeliverHandler(dependencies: DeliverHandlerDependencies) {
  const { beginBatch, postsPerSecond, settle, readJob } = dependencies;
  const { memberships, connections, log, metrics } = dependencies;
  const readOrSetAside = createReadOrSetAside('poison delivery job', readJob, dependencies);

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

  /**
   * A line for each job with messages, so that one message can be followed to its members: which of
   * them had what outcome is only told of those who lost something.
   */
  function logJob(
    { roomId, seqs, hops }: DeliveryJob,
    results: readonly RecipientResult[],
    { requeued, givenUp }: Settlement,
  ): void {
    if (seqs === undefined) return;
    log.info('job delivered', {
      roomId,
      seqs,
      hops,
      recipients: results.length,
      outcomes: countOutcomes(results),
      requeued: requeued.length,
      givenUp: givenUp.length,
    });
  }

  /** Whom somebody may be asked about: an alarm can hang on the errors. */
  function logLosses(
    { roomId, seqs, hops }: DeliveryJob,
    results: readonly RecipientResult[],
    { givenUp }: Settlement,
  ): void {
    const withOutcome = (outcome: RecipientResult['outcome']) =>
      results.filter((result) => result.outcome === outcome).map((result) => result.connectionId);

    if (givenUp.length > 0) {
      log.error('recipients given up', { roomId, seqs, hops, connectionIds: givenUp });
    }
    for (const outcome of ['too-large', 'rejected'] as const) {
      const connectionIds = withOutcome(outcome);
      if (connectionIds.length === 0) continue;
      log.error('recipients lost', { roomId, seqs, outcome, connectionIds });
    }
    const connectionIds = withOutcome('closed');
    if (connectionIds.length > 0) {
      log.warn('slow connections closed', { roomId, seqs, connectionIds });
    }
  }

  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const deliver = beginBatch(() => context.getRemainingTimeInMillis());
    const report = createBatchReport();

    const processRecord = async (record: SQSRecord) => {
      const job = await readOrSetAside(record);
      if (job === undefined) {
        report.poison();
        return;
      }
      try {
        const results = await deliver(job);
        const settlement = await settle(job, results);
        report.add(job, results, settlement);
        logJob(job, results, settlement);
        logLosses(job, results, settlement);
      } catch (error) {
        log.error('delivery job failed', { roomId: job.roomId, seqs: job.seqs, error });
        throw error;
      }
    };

    const processor = new BatchProcessor(EventType.SQS);
    const response = await processPartialResponse(event, processRecord, processor, {
      context,
      throwOnFullBatchFailure: false,
    });
    await removeGone(report.gone());
    const failed = response.batchItemFailures.length;
    const rate = { postsPerSecond: postsPerSecond() };
    log.info('delivered', { ...report.fields(), failed, ...rate });
    metrics.emit({ ...report.measures(), failedJobs: failed, ...rate });
    return response;
  };
}
