import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { DeadLetters, RoomJob } from '../../../shared/domain/ports.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';
import { createReadOrSetAside } from '../../../shared/lambda/set-aside.ts';
import type { Flush, FlushReport } from './flush.ts';
import type { TellPart } from './tell-part.ts';

export interface FlushHandlerDependencies {
  flush: Flush;
  tellPart: TellPart;
  /** @throws for a body that is not a job of a room. */
  readJob: (body: string) => RoomJob;
  deadLetters: DeadLetters;
  log: Log;
  metrics: MetricsOf<'flush'>;
}

/**
 * Flush queue → delivery jobs of what has gathered in hot rooms, and of the parts of very large ones,
 * at least once.
 *
 * A job that fails is delivered again by SQS, and after five times it is in the dead-letter queue. A
 * job that cannot be parsed goes there at once, with the reason.
 */
export function createFlushHandler(dependencies: FlushHandlerDependencies) {
  const { flush, tellPart, readJob, log, metrics } = dependencies;
  const readOrSetAside = createReadOrSetAside('poison flush job', readJob, dependencies);

  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const reports: FlushReport[] = [];
    const counts = { covered: 0, unrecorded: 0, parts: 0, poison: 0 };
    let jobsOfParts = 0;

    const processRecord = async (record: SQSRecord) => {
      const job = await readOrSetAside(record);
      if (job === undefined) {
        counts.poison += 1;
        return;
      }
      if (job.kind === 'part') {
        const part = await tellPart(job);
        counts.parts += 1;
        jobsOfParts += part.jobs;
        const { roomId, seqs, shards } = job;
        log.info('part fanned out', { roomId, seqs, shards, ...part });
        return;
      }
      const report = await flush(job);
      if (report === 'covered') {
        counts.covered += 1;
        return;
      }
      reports.push(report);
      if (!report.recorded) counts.unrecorded += 1;
      log.info('room flushed', { roomId: job.roomId, from: job.from, ...report });
    };

    const processor = new BatchProcessor(EventType.SQS);
    const response = await processPartialResponse(event, processRecord, processor, {
      context,
      throwOnFullBatchFailure: false,
    });
    for (const error of processor.errors) log.error('flush job failed', { error });
    metrics.emit({
      ...counts,
      ...measuresOf(reports, jobsOfParts),
      failedJobs: response.batchItemFailures.length,
    });
    return response;
  };
}

function measuresOf(reports: readonly FlushReport[], jobsOfParts: number) {
  const total = (of: (report: FlushReport) => number) =>
    reports.reduce((sum, report) => sum + of(report), 0);
  const carrying = reports.filter(({ messages }) => messages > 0);
  return {
    flushes: reports.length,
    messages: total(({ messages }) => messages),
    frames: total(({ frames }) => frames),
    jobs: jobsOfParts + total(({ jobs }) => jobs),
    owed: total(({ messages, members }) => messages * members),
    members: carrying.map(({ members }) => members),
    oldestWait: carrying.map(({ oldestWaitMs }) => oldestWaitMs),
    window: carrying.map(({ windowMs }) => windowMs),
  };
}
