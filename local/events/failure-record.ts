import { createHash } from 'node:crypto';
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
export function failureMessage(batch: GivenUpBatch): string {
  return JSON.stringify(describeBatch(batch));
}

/** The object that Lambda puts into an onFailure bucket: as the message, and the event as JSON text. */
export function failureObject(batch: GivenUpBatch): string {
  const payload = JSON.stringify({ Records: batch.records });
  return JSON.stringify({ ...describeBatch(batch), payload });
}

/**
 * The key of that object.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 *
 * @param mappingId any text; AWS uses the UUID of the mapping, and here it is given one
 */
export function failureKey(
  mappingId: string,
  { shardId, atMs }: GivenUpBatch,
  uuid: string,
): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().split(/[T.]/);
  const second = `${date}T${time.replaceAll(':', '.')}`;
  return `aws/lambda/${uuidOf(mappingId)}/${shardId}/${date.replaceAll('-', '/')}/${second}-${uuid}`;
}

/** The same for every run, as a deployed mapping keeps its own. */
function uuidOf(mappingId: string): string {
  const digest = createHash('md5').update(mappingId).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function describeBatch(batch: GivenUpBatch) {
  const first = batch.records[0]?.dynamodb;
  const last = batch.records.at(-1)?.dynamodb;
  return {
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
  };
}

function secondsToIso(seconds = 0): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
