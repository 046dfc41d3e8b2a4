import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { resourcesOf, synthesizeStacks } from './synthesized-stacks.ts';

const { chat } = synthesizeStacks({ openAccess: true });

const arnOf = (idStart: string) => ({
  'Fn::GetAtt': [Match.stringLikeRegexp(`^${idStart}`), 'Arn'],
});

const environmentSchema = z.object({
  Environment: z.object({ Variables: z.object({ POSTS_PER_SECOND: z.string() }) }),
});
const scalingSchema = z.object({ ScalingConfig: z.object({ MaximumConcurrency: z.number() }) });

describe('the stream mapping', () => {
  it('hands fan-out new messages and void records, and nothing that changed or expired', () => {
    chat.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: Match.stringLikeRegexp('^MessagesFanOut') },
      FilterCriteria: {
        Filters: [
          {
            Pattern: Match.serializedJson({
              eventName: ['INSERT'],
              dynamodb: { NewImage: { kind: { S: ['message', 'void'] } } },
            }),
          },
        ],
      },
    });
  });

  it('keeps the order of a room and sets a poison record aside instead of waiting for it', () => {
    chat.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      ParallelizationFactor: 1,
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 15,
      MaximumRecordAgeInSeconds: 3600,
    });
  });

  it('keeps the records that Lambda gives up, not only their place in the stream', () => {
    chat.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: Match.stringLikeRegexp('^MessagesFanOut') },
      DestinationConfig: { OnFailure: { Destination: arnOf('MessagesGivenUpBatches') } },
    });
  });
});

describe('the bucket of given-up batches', () => {
  it('is encrypted, closed to the public, and forgets after 14 days', () => {
    chat.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [Match.objectLike({ ExpirationInDays: 14, Status: 'Enabled' })],
      },
    });
  });

  it('is reached over TLS only', () => {
    chat.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: Match.stringLikeRegexp('^MessagesGivenUpBatches') },
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  it.each([
    { action: 's3:PutObject', resource: '/aws/lambda/*' },
    { action: 's3:ListBucket', resource: '' },
  ])('lets fan-out do $action there, in this account and nowhere else', ({ action, resource }) => {
    const bucket = arnOf('MessagesGivenUpBatches');
    chat.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^MessagesFanOutRole') }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Effect: 'Allow',
            Action: action,
            Resource: resource === '' ? bucket : { 'Fn::Join': ['', [bucket, resource]] },
            Condition: { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ]),
      },
    });
  });

  it.each([
    { stage: 'dev', policy: 'Delete', context: { openAccess: true } },
    {
      stage: 'production',
      policy: 'Retain',
      context: { stage: 'production', issuer: 'https://issuer.example', audience: 'chat' },
    },
  ])('has the policy $policy on $stage', ({ context, policy }) => {
    const [, bucket] = resourcesOf(synthesizeStacks(context).chat, 'AWS::S3::Bucket')[0] ?? [];
    expect(bucket?.DeletionPolicy).toBe(policy);
  });
});

describe('the delivery queue', () => {
  it('hides a job for at least six times as long as deliver may take', () => {
    const timeouts = z.object({ Timeout: z.number() });
    const queues = z.object({ VisibilityTimeout: z.number() });
    const [, deliver] =
      resourcesOf(chat, 'AWS::Lambda::Function').find(([id]) => id.startsWith('MessagesDeliver')) ??
      [];
    const [, queue] =
      resourcesOf(chat, 'AWS::SQS::Queue').find(([id]) => id.startsWith('MessagesDeliveryQueue')) ??
      [];
    const { Timeout } = timeouts.parse(deliver?.Properties);
    expect(queues.parse(queue?.Properties).VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
  });

  it('feeds deliver in tens and takes single failures back', () => {
    chat.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: arnOf('MessagesDeliveryQueue'),
      FunctionName: { Ref: Match.stringLikeRegexp('^MessagesDeliver') },
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('gives a job up after five attempts', () => {
    chat.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { deadLetterTargetArn: arnOf('MessagesDeliveryDlq'), maxReceiveCount: 5 },
    });
  });
});

describe('the flush queue', () => {
  it('outlasts six invocations, gives a flush up after five, and takes single failures back', () => {
    chat.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 90,
      RedrivePolicy: { deadLetterTargetArn: arnOf('MessagesFlushDlq'), maxReceiveCount: 5 },
    });
    chat.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'flush' }) },
      Timeout: 15,
    });
    chat.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: arnOf('MessagesFlushQueue'),
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it.each([
    {
      context: {},
      variables: {
        ROOM_POSTS_PER_SECOND: '4000',
        ROOM_POSTS_AT_ONCE: '4000',
        WINDOW_MAX_MS: '2000',
      },
    },
    {
      context: { postsPerSecond: 1_000, roomSharePercent: 25, windowMaxMs: 1_000 },
      variables: { ROOM_POSTS_PER_SECOND: '250', ROOM_POSTS_AT_ONCE: '500', WINDOW_MAX_MS: '1000' },
    },
  ])('belongs to rooms that may post as $context says', ({ context, variables }) => {
    const template = synthesizeStacks({ openAccess: true, ...context }).chat;
    for (const service of ['fanOut', 'flush']) {
      template.hasResourceProperties('AWS::Lambda::Function', {
        Environment: {
          Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: service, ...variables }),
        },
      });
    }
  });
});

describe('the share of the quota', () => {
  const deliver = (template: typeof chat) => {
    const [, fn] =
      resourcesOf(template, 'AWS::Lambda::Function').find(([id]) =>
        id.startsWith('MessagesDeliver'),
      ) ?? [];
    const [, mapping] =
      resourcesOf(template, 'AWS::Lambda::EventSourceMapping').find(
        ([, { Properties }]) => 'ScalingConfig' in Properties,
      ) ?? [];
    return {
      each: Number(environmentSchema.parse(fn?.Properties).Environment.Variables.POSTS_PER_SECOND),
      environments: scalingSchema.parse(mapping?.Properties).ScalingConfig.MaximumConcurrency,
    };
  };

  it('leaves a fifth of the default quota to what comes in', () => {
    const { each, environments } = deliver(chat);
    expect({ each, environments }).toEqual({ each: 1_000, environments: 8 });
    expect(each * environments).toBeLessThanOrEqual(8_000);
  });

  it.each([100, 500_000])(
    'of %i posts a second is never exceeded by all environments together',
    (postsPerSecond) => {
      const { each, environments } = deliver(
        synthesizeStacks({ openAccess: true, postsPerSecond }).chat,
      );
      expect(environments).toBeGreaterThanOrEqual(2);
      expect(environments).toBeLessThanOrEqual(1_000);
      expect(each * environments).toBeLessThanOrEqual(postsPerSecond);
      expect(each * environments).toBeGreaterThan(0.99 * postsPerSecond);
    },
  );
});

describe('every queue', () => {
  const queues = resourcesOf(chat, 'AWS::SQS::Queue');

  it.each(queues)(
    '%s has a dead-letter queue or is one that keeps for 14 days',
    (id, { Properties }) => {
      if (id.includes('Dlq')) expect(Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
      else expect(Properties.RedrivePolicy).toBeDefined();
    },
  );

  it.each(queues)('%s takes messages of 1 MiB and only over TLS', (id, { Properties }) => {
    expect(Properties.MaximumMessageSize).toBe(1024 * 1024);
    chat.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      },
    });
  });
});
