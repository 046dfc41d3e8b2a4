import { describe, expect, it } from '@jest/globals';
import {
  failureKey,
  failureMessage,
  failureObject,
  type GivenUpBatch,
} from '../../../../local/events/failure-record.ts';
import { STREAM_ARN, streamRecord } from './stream-fixtures.ts';

const records = [streamRecord(1), streamRecord(2)];
const batch: GivenUpBatch = {
  requestId: 'request-1',
  functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:fan-out',
  condition: 'RetryAttemptsExhausted',
  invokeCount: 2,
  functionError: true,
  atMs: Date.parse('2026-01-02T03:04:05.678Z'),
  shardId: 'shard-1',
  streamArn: STREAM_ARN,
  records,
};

const description = {
  requestContext: {
    requestId: 'request-1',
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:fan-out',
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 2,
  },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  version: '1.0',
  timestamp: '2026-01-02T03:04:05.678Z',
  DDBStreamBatchInfo: {
    shardId: 'shard-1',
    startSequenceNumber: '1',
    endSequenceNumber: '2',
    approximateArrivalOfFirstRecord: '2026-01-01T00:00:00Z',
    approximateArrivalOfLastRecord: '2026-01-01T00:00:00Z',
    batchSize: 2,
    streamArn: STREAM_ARN,
  },
};

describe('what is told of a batch that was given up', () => {
  it('is, to a queue, where in the stream it is', () => {
    expect(JSON.parse(failureMessage(batch))).toEqual(description);
  });

  it('says nothing of an answer when the function was never asked', () => {
    expect(JSON.parse(failureMessage({ ...batch, invokeCount: 0 }))).not.toHaveProperty(
      'responseContext',
    );
  });

  it('is, to a bucket, the event as well, as JSON text within the JSON', () => {
    const { payload, ...rest } = JSON.parse(failureObject(batch));
    expect(rest).toEqual(description);
    expect(JSON.parse(payload)).toEqual({ Records: records });
  });

  it('has a key by mapping, shard and time', () => {
    const key = failureKey('Mapping', batch, 'a-uuid');
    expect(key).toMatch(
      /^aws\/lambda\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/shard-1\/2026\/01\/02\/2026-01-02T03\.04\.05-a-uuid$/,
    );
    expect(failureKey('Other', batch, 'a-uuid')).not.toBe(key);
  });
});
