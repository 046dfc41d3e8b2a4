import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { StackAccess } from '../../operations/common/stack-access.ts';
import { createChecks } from '../../operations/doctor/checks.ts';
import { EXPECTED_TABLES } from '../../operations/doctor/expected-tables.ts';
import { examine } from '../../operations/doctor/finding.ts';
import { acceptCoreErrors } from '../support/core-errors.ts';
import { type Answer, AwsError, type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { deployInThought } from './healthy-deployment.ts';
import { resourcesOf, synthesizeStacks } from './synthesized-stacks.ts';

/**
 * A deployed stack has sides that no engine on one machine stands in for: alarms, quotas, retention,
 * TTL. Here the services answer over HTTP what they would of the synthesised templates, and one of
 * their answers is changed. What one machine has too is planted there (test/contract/operations).
 */

acceptCoreErrors();

const stacks = synthesizeStacks({
  openAccess: true,
  alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:pager',
});

let fake: FakeAws | undefined;
afterEach(() => fake?.close());

/** Wraps the answer of a healthy deployment. */
type Fault = Record<string, (healthy: Answer) => Answer>;

async function examineWith(fault: Fault) {
  let endpoint = '';
  const { answers, resources, outputs } = deployInThought(stacks, () => endpoint);
  for (const [operation, change] of Object.entries(fault)) {
    const healthy = answers[operation];
    if (healthy === undefined) throw new Error(`Nobody asks for ${operation}.`);
    answers[operation] = change(healthy);
  }
  fake = await startFakeAws(answers);
  endpoint = fake.endpoint;
  const { config } = fake;
  const access: StackAccess = {
    kind: 'deployed',
    option: ' --stack Roomcast-dev-chat',
    outputs: { ...(outputs as StackAccess['outputs']), WebSocketUrl: `${endpoint}/live` },
    resources: resources(),
    sqs: new SQSClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    lambda: new LambdaClient(config),
    dynamoDb: new DynamoDBClient(config),
  };
  const clients = {
    cloudWatch: new CloudWatchClient(config),
    logs: new CloudWatchLogsClient(config),
    quotas: new ServiceQuotasClient(config),
  };
  return examine(createChecks(access, clients, createFakeClock()));
}

type Rows = Record<string, unknown>[];

const changed =
  (change: (output: Record<string, unknown>, input: Record<string, unknown>) => object) =>
  (healthy: Answer): Answer =>
  (input) => {
    const output = healthy(input) as Record<string, unknown>;
    return { ...output, ...change(output, input) };
  };

/** Changes the one alarm of this name. */
const alarm = (name: string, change: (alarm: object) => object): Fault => ({
  'GraniteServiceVersion20100801.DescribeAlarms': changed(({ MetricAlarms }) => ({
    MetricAlarms: (MetricAlarms as Rows).map((it) =>
      it.AlarmName === `roomcast-dev-${name}` ? change(it) : it,
    ),
  })),
});

const withText = (pattern: RegExp, text: string) => (alarm: object) =>
  JSON.parse(JSON.stringify(alarm).replace(pattern, text));

const metric = (part: string, value: number): Fault => ({
  'GraniteServiceVersion20100801.GetMetricData': changed((_, { MetricDataQueries }) => ({
    MetricDataResults: (MetricDataQueries as Rows).map(({ Id, MetricStat }) => ({
      Id,
      Values: JSON.stringify(MetricStat).includes(part) ? [value / 2, value] : [],
    })),
  })),
});

const ofOne = (part: string, change: object) =>
  changed((_, input) => (JSON.stringify(input).includes(part) ? change : {}));

const FAULTS: [finding: string, about: string, fault: Fault][] = [
  [
    'quota-too-small',
    '8000 frames a second, of 6000',
    { 'ServiceQuotasV20190624.GetServiceQuota': () => () => ({ Quota: { Value: 6_000 } }) },
  ],
  [
    'mapping-off',
    'MessagesDeliver',
    {
      'GET /2015-03-31/event-source-mappings/': changed(({ FunctionArn }) =>
        String(FunctionArn).includes('MessagesDeliver') ? { State: 'Disabled' } : {},
      ),
    },
  ],
  ['fan-out-behind', 'by 45 s', metric('MessagesFanOut', 45_000)],
  ['delivery-behind', 'by 90 s', metric('MessagesDeliveryQueue', 90)],
  ['flush-behind', 'by 90 s', metric('MessagesFlushQueue', 90)],
  [
    'ttl-off',
    'Receipts',
    {
      'DynamoDB_20120810.DescribeTimeToLive': ofOne('Receipts', {
        TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
      }),
    },
  ],
  [
    'recovery-off',
    'Rooms',
    {
      'DynamoDB_20120810.DescribeContinuousBackups': ofOne('Rooms', {
        ContinuousBackupsDescription: {},
      }),
    },
  ],
  [
    'stream-off',
    'Messages',
    { 'DynamoDB_20120810.DescribeTable': ofOne('Messages', { Table: {} }) },
  ],
  [
    'alarm-switched-off',
    'delivery-slow',
    alarm('delivery-slow', (it) => ({ ...it, ActionsEnabled: false })),
  ],
  [
    'alarm-silent',
    'recipients-lost',
    alarm('recipients-lost', (it) => ({ ...it, AlarmActions: [] })),
  ],
  [
    'alarm-missing',
    'delivery-slow',
    {
      'GraniteServiceVersion20100801.DescribeAlarms': changed(({ MetricAlarms }) => ({
        MetricAlarms: (MetricAlarms as Rows).filter(
          ({ AlarmName }) => AlarmName !== 'roomcast-dev-delivery-slow',
        ),
      })),
    },
  ],
  [
    'alarm-blind',
    'QueueName of-yesterday',
    alarm('delivery-dead-letters', withText(/MessagesDeliveryDlq\w+/, 'of-yesterday')),
  ],
  [
    'alarm-blind',
    'Roomcast/production',
    alarm('delivery-slow', withText(/Roomcast\/dev/, 'Roomcast/production')),
  ],
  [
    'nobody-is-told',
    'No alarm',
    {
      'GraniteServiceVersion20100801.DescribeAlarms': changed(
        ({ MetricAlarms, CompositeAlarms }) => ({
          MetricAlarms: (MetricAlarms as Rows).map((it) => ({ ...it, AlarmActions: [] })),
          CompositeAlarms: (CompositeAlarms as Rows).map((it) => ({ ...it, AlarmActions: [] })),
        }),
      ),
    },
  ],
  [
    'log-kept-for-ever',
    'MessagesSendLogs',
    {
      'Logs_20140328.DescribeLogGroups': changed((_, { logGroupNamePrefix }) =>
        String(logGroupNamePrefix).startsWith('MessagesSendLogs')
          ? { logGroups: [{ logGroupName: logGroupNamePrefix }] }
          : {},
      ),
    },
  ],
];

describe('doctor, on a deployed stack', () => {
  it('finds nothing where all is well, and looks at everything', async () => {
    const { findings, failed, skipped, looked } = await examineWith({});

    expect({ findings, failed, skipped }).toEqual({ findings: [], failed: [], skipped: [] });
    expect(looked).toHaveLength(12);
  });

  it.each(FAULTS)('finds %s (%s), and nothing else', async (name, about, fault) => {
    const { findings, failed } = await examineWith(fault);

    expect(failed).toEqual([]);
    expect(findings).toEqual([
      {
        name,
        what: expect.stringContaining(about),
        why: expect.any(String),
        fix: expect.stringMatching(/aws |npm run |docs\//),
      },
    ]);
  });

  it('leaves the quota out where it may not be read', async () => {
    const { findings, failed, skipped } = await examineWith({
      'ServiceQuotasV20190624.GetServiceQuota': () => () => {
        throw new AwsError('AccessDeniedException');
      },
    });

    expect({ findings, failed }).toEqual({ findings: [], failed: [] });
    expect(skipped).toEqual([
      { name: 'the quota of API Gateway', why: 'servicequotas:GetServiceQuota is not allowed' },
    ]);
  });

  it('says at what it could not look, and looks at the rest', async () => {
    const { failed, looked } = await examineWith({
      'GraniteServiceVersion20100801.DescribeAlarms': () => () => {
        throw new AwsError('AccessDenied');
      },
    });

    expect(failed).toEqual([{ name: 'alarms', why: expect.stringContaining('AccessDenied') }]);
    expect(looked).toHaveLength(11);
  });
});

it('doctor expects of the tables what the template gives them', () => {
  const tables = resourcesOf(stacks.data, 'AWS::DynamoDB::GlobalTable').map(([id, table]) => {
    const { StreamSpecification, TimeToLiveSpecification, Replicas } = table.Properties as {
      StreamSpecification?: { StreamViewType: string };
      TimeToLiveSpecification?: { AttributeName: string };
      Replicas: { PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled: boolean } }[];
    };
    const isLasting = Replicas[0]?.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled;
    return {
      name: id.replace(/[0-9A-F]{8}$/, ''),
      ...(StreamSpecification && { stream: StreamSpecification.StreamViewType }),
      ...(TimeToLiveSpecification && { ttl: TimeToLiveSpecification.AttributeName }),
      ...(isLasting && { lasting: true }),
    };
  });
  expect(tables).toEqual(EXPECTED_TABLES);
});
