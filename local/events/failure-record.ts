import type { StreamRecord } from './stream-record.ts';

export type GiveUpCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface GivenUpBatch {
  requestId: string;
  functionArn: string;
  condition: GiveUpCondition;
  invokeCount: number;
  /** Whether the last invocation threw, as opposed to reporting failed items. */
  functionError: boolean;
  atMs: number;
  shardId: string;
  streamArn: string;
  /** At least one. */
  records: readonly StreamRecord[];
}

/**
 * The message that Lambda sends to the onFailure queue of a stream mapping: where the batch lies in
 * the stream, not the records, which have to be fetched from there within 24 hours.
 */
export function failureRecord(batch: GivenUpBatch): string {
  const first = batch.records[0]?.dynamodb;
  const last = batch.records.at(-1)?.dynamodb;
  return JSON.stringify({
    requestContext: {
      requestId: batch.requestId,
      functionArn: batch.functionArn,
      condition: batch.condition,
      approximateInvokeCount: batch.invokeCount,
    },
    // Absent when the records were too old before the first invocation.
    ...(batch.invokeCount > 0 && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(batch.functionError && { functionError: 'Unhandled' }),
      },
    }),
    version: '1.0',
    timestamp: new Date(batch.atMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId: batch.shardId,
      startSequenceNumber: first?.SequenceNumber,
      endSequenceNumber: last?.SequenceNumber,
      approximateArrivalOfFirstRecord: secondsToIso(first?.ApproximateCreationDateTime),
      approximateArrivalOfLastRecord: secondsToIso(last?.ApproximateCreationDateTime),
      batchSize: batch.records.length,
      streamArn: batch.streamArn,
    },
  });
}

function secondsToIso(seconds = 0): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
