import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readStackModel } from '../../../../local/template/read-template.ts';
import { smallestData } from './assembly-fixture.ts';
import { createAssemblies, withProperties } from './read-fixture.ts';

const { read, written, removeAll } = createAssemblies();
afterEach(removeAll);

describe('a function', () => {
  it('has the defaults of Lambda where the template says nothing', () => {
    const [handler] = read().functions;
    expect(handler).toEqual({
      id: 'Handler',
      functionName: 'Handler',
      modulePath: join(written[0] ?? '', 'asset.abc', 'index.mjs'),
      exportName: 'handler',
      environment: {},
      timeoutMs: 3000,
      memoryMb: 128,
    });
  });

  it('has its environment resolved, with the URL of the engine that holds a queue', () => {
    const model = read(
      withProperties('Handler', {
        Environment: { Variables: { JOBS: { Ref: 'Jobs' }, REGION: { Ref: 'AWS::Region' } } },
        ReservedConcurrentExecutions: 4,
      }),
      smallestData(),
      { region: 'eu-west-1', queueUrl: (name) => `http://127.0.0.1:9/${name}` },
    );
    expect(model.functions).toMatchObject([
      {
        environment: { JOBS: 'http://127.0.0.1:9/Jobs', REGION: 'eu-west-1' },
        reservedConcurrency: 4,
      },
    ]);
  });

  it('must have its code in the assembly', () => {
    const missing = withProperties('Handler', { Code: { S3Key: 'gone.zip' } });
    expect(() => read(missing)).toThrow(/code of Handler is not in the assembly \(gone\.zip\)/);
  });
});

describe('a stream mapping', () => {
  const mapping = (properties: Record<string, unknown>) => ({
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Handler' },
        EventSourceArn: { 'Fn::ImportValue': 'data:MessagesStream' },
        ...properties,
      },
    },
  });

  it("has Lambda's dangerous defaults where the template says nothing", () => {
    expect(read(mapping({ StartingPosition: 'LATEST' })).streamMappings).toEqual([
      {
        id: 'Mapping',
        uuid: 'Mapping',
        functionId: 'Handler',
        tableId: 'Messages',
        batchSize: 100,
        batchWindowMs: 0,
        reportBatchItemFailures: false,
        filters: [],
        startingPosition: 'LATEST',
        maxRetryAttempts: -1,
        maxRecordAgeMs: -1,
        bisectOnError: false,
        parallelizationFactor: 1,
      },
    ]);
  });

  it('takes over what the template says', () => {
    const [found] = read(
      mapping({
        BatchSize: 7,
        MaximumBatchingWindowInSeconds: 2,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
        MaximumRetryAttempts: 0,
        MaximumRecordAgeInSeconds: 60,
        BisectBatchOnFunctionError: true,
        ParallelizationFactor: 3,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Jobs', 'Arn'] } } },
      }),
    ).streamMappings;
    expect(found).toMatchObject({
      batchSize: 7,
      batchWindowMs: 2000,
      reportBatchItemFailures: true,
      filters: [{ eventName: ['INSERT'] }],
      maxRetryAttempts: 0,
      maxRecordAgeMs: 60_000,
      bisectOnError: true,
      parallelizationFactor: 3,
      onFailure: { kind: 'queue', id: 'Jobs' },
    });
  });

  it('may keep what was given up in a bucket', () => {
    const model = read({
      ...mapping({
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['GivenUp', 'Arn'] } } },
      }),
      GivenUp: { Type: 'AWS::S3::Bucket' },
    });
    expect(model.buckets).toEqual([{ id: 'GivenUp', bucketName: 'givenup' }]);
    expect(model.streamMappings).toMatchObject([{ onFailure: { kind: 'bucket', id: 'GivenUp' } }]);
  });

  it('is a queue mapping where its source is a queue', () => {
    const model = read(
      mapping({
        EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] },
        ScalingConfig: { MaximumConcurrency: 20 },
      }),
    );
    expect(model.streamMappings).toEqual([]);
    expect(model.queueMappings).toMatchObject([
      { queueId: 'Jobs', functionId: 'Handler', batchSize: 10, maxConcurrency: 20 },
    ]);
  });

  it.each([
    [
      { TumblingWindowInSeconds: 5 },
      'Mapping.TumblingWindowInSeconds: a tumbling window is not known',
    ],
    [
      { EventSourceArn: 'arn:aws:kinesis:x' },
      'Mapping refers to arn:aws:kinesis:x, but no AWS::DynamoDB::GlobalTable',
    ],
    [{ FunctionName: 'Nobody' }, 'Mapping refers to Nobody, but no AWS::Lambda::Function'],
    [{ BatchSize: 'ten' }, 'Mapping.BatchSize: '],
  ])('with %j is refused', (properties, message) => {
    expect(() => read(mapping(properties))).toThrow(message);
  });
});

describe('a queue', () => {
  it('has the attributes of CreateQueue as text', () => {
    const model = read({
      Dead: {
        Type: 'AWS::SQS::Queue',
        Properties: { FifoQueue: true, KmsMasterKeyId: 'left out' },
      },
      Jobs: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 180,
          RedrivePolicy: {
            deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] },
            maxReceiveCount: 5,
          },
        },
      },
    });
    const attributes = new Map(model.queues.map((queue) => [queue.id, queue.attributes]));
    expect(attributes.get('Dead')).toEqual({ FifoQueue: 'true' });
    expect(attributes.get('Jobs')?.VisibilityTimeout).toBe('180');
    expect(JSON.parse(attributes.get('Jobs')?.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:Dead',
      maxReceiveCount: 5,
    });
  });
});

describe('a table', () => {
  const table = (properties: Record<string, unknown>) => {
    const { Messages } = smallestData();
    return {
      Messages: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: { ...Messages?.Properties, ...properties },
      },
    };
  };

  it('has its key, indexes, stream and expiry', () => {
    const [found] = read(
      {},
      table({
        KeySchema: [
          { AttributeName: 'seq', KeyType: 'RANGE' },
          { AttributeName: 'roomId', KeyType: 'HASH' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byUser',
            KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['text'] },
          },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      }),
    ).tables;
    expect(found).toEqual({
      id: 'Messages',
      tableName: 'Messages',
      attributes: [{ name: 'roomId', type: 'S' }],
      key: { partition: 'roomId', sort: 'seq' },
      indexes: [{ indexName: 'byUser', key: { partition: 'userId' }, projection: ['text'] }],
      streamView: 'NEW_IMAGE',
      ttlAttribute: 'expiresAt',
    });
  });

  it('never expires where expiry is off', () => {
    const off = table({ TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: false } });
    expect(read({}, off).tables[0]).not.toHaveProperty('ttlAttribute');
  });

  it('is refused with an index that the local runtime does not know', () => {
    expect(() => read({}, table({ LocalSecondaryIndexes: [{}] }))).toThrow(
      /Messages\.LocalSecondaryIndexes: a local secondary index is not known/,
    );
  });
});

describe('a template', () => {
  it('may hold what means nothing on one machine', () => {
    expect(() =>
      read({ Role: { Type: 'AWS::IAM::Role', Properties: { a: { 'Fn::If': [] } } } }),
    ).not.toThrow();
  });

  it('may not hold anything else, so that nothing that is deployed goes untried', () => {
    expect(() => read({ Cache: { Type: 'AWS::ElastiCache::ServerlessCache' } })).toThrow(
      /^Cache \(AWS::ElastiCache::ServerlessCache\) is in the template chat, but the local runtime does not know it/,
    );
  });

  it('may not share a logical id with another, since ids tell things apart', () => {
    expect(() => read({ Messages: { Type: 'AWS::SQS::Queue' } })).toThrow(
      /^Messages is in the templates chat and data/,
    );
  });

  it('must be there', () => {
    expect(() => readStackModel('nowhere')).toThrow(/manifest\.json does not exist: synthesise/);
  });
});
