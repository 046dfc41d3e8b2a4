import type { StreamRecord } from '../../../../local/events/stream-record.ts';
import type {
  ShardReader,
  StreamPosition,
  StreamShard,
  StreamSource,
} from '../../../../local/events/stream-source.ts';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import type { StreamMappingModel } from '../../../../local/template/model.ts';

export const STREAM_ARN =
  'arn:aws:dynamodb:eu-west-1:123456789012:table/messages/stream/2026-01-01T00:00:00.000';

export function streamMapping(overrides: Partial<StreamMappingModel> = {}): StreamMappingModel {
  return {
    id: 'messages-to-fan-out',
    uuid: 'messages-to-fan-out',
    functionId: 'fan-out',
    tableId: 'messages',
    batchSize: 100,
    batchWindowMs: 0,
    reportBatchItemFailures: true,
    filters: [],
    startingPosition: 'TRIM_HORIZON',
    maxRetryAttempts: 2,
    maxRecordAgeMs: -1,
    bisectOnError: false,
    parallelizationFactor: 1,
    ...overrides,
  };
}

export function streamRecord(
  sequence: number,
  overrides: { roomId?: string; atMs?: number; eventName?: StreamRecord['eventName'] } = {},
): StreamRecord {
  const { roomId = 'lobby', atMs = Date.UTC(2026, 0, 1), eventName = 'INSERT' } = overrides;
  return {
    eventID: `event-${sequence}`,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(atMs / 1000),
      Keys: { roomId: { S: roomId } },
      NewImage: { roomId: { S: roomId }, seq: { N: String(sequence) } },
      SequenceNumber: String(sequence),
      SizeBytes: 100,
      StreamViewType: 'NEW_IMAGE',
    },
    eventSourceARN: STREAM_ARN,
  };
}

/** The sequence numbers of an event, e.g. "1 2 3". */
export function sequences(records: readonly StreamRecord[]): string {
  return records.map((record) => record.dynamodb.SequenceNumber).join(' ');
}

export const done: InvokeResult = { status: 'returned', payload: { batchItemFailures: [] } };
export const throttled: InvokeResult = { status: 'throttled' };
export const thrown: InvokeResult = {
  status: 'function-error',
  cause: 'handler',
  errorType: 'Error',
  message: 'boom',
};
export function failed(...ids: unknown[]): InvokeResult {
  const batchItemFailures = ids.map((itemIdentifier) => ({ itemIdentifier }));
  return { status: 'returned', payload: { batchItemFailures } };
}

/** A stream in memory: append records, close shards, make calls fail. */
export function createMemoryStream(shards: StreamShard[] = [{ shardId: 'shard-1' }]) {
  const records = new Map<string, StreamRecord[]>();
  const closed = new Set<string>();
  let failures = 0;

  const recordsOf = (shardId: string) => {
    const list = records.get(shardId) ?? [];
    records.set(shardId, list);
    return list;
  };
  const failMaybe = () => {
    if (failures === 0) return;
    failures -= 1;
    throw new Error('connect ECONNREFUSED');
  };
  const indexAfter = (shardId: string, from: StreamPosition) => {
    if (from.type === 'TRIM_HORIZON') return 0;
    if (from.type === 'LATEST') return recordsOf(shardId).length;
    const after = BigInt(from.sequenceNumber);
    const index = recordsOf(shardId).findIndex(
      (record) => BigInt(record.dynamodb.SequenceNumber) > after,
    );
    return index < 0 ? recordsOf(shardId).length : index;
  };

  const source: StreamSource = {
    streamArn: STREAM_ARN,
    async listShards() {
      failMaybe();
      return shards;
    },
    async openShard(shardId, from) {
      failMaybe();
      let index = indexAfter(shardId, from);
      return {
        async read() {
          failMaybe();
          const page = recordsOf(shardId).slice(index, index + 1_000);
          index += page.length;
          const last = page.at(-1)?.dynamodb.SequenceNumber;
          return {
            records: page,
            ...(last !== undefined && { lastSequenceNumber: last }),
            caughtUp: page.length === 0,
            ended: page.length === 0 && closed.has(shardId),
          };
        },
      } satisfies ShardReader;
    },
  };

  return {
    source,
    append(added: StreamRecord[], shardId = 'shard-1') {
      recordsOf(shardId).push(...added);
    },
    close: (shardId: string) => closed.add(shardId),
    failNext(calls: number) {
      failures = calls;
    },
  };
}
