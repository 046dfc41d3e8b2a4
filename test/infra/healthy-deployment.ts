import type { Template } from 'aws-cdk-lib/assertions';
import type { StackResource } from '../../operations/common/stack-facts.ts';
import { type Answer, AwsError } from '../support/fake-aws.ts';
import type { CfnResource, SynthesizedStacks } from './synthesized-stacks.ts';

type Properties = Record<string, unknown>;

const ACCOUNT = '123456789012';

/**
 * What AWS would tell of these templates, deployed and at rest. Physical ids are the logical ones,
 * unless the template names the resource.
 */
export function deployInThought({ chat, data }: SynthesizedStacks, queueHost: () => string) {
  const resources = new Map([...resourcesIn(data), ...resourcesIn(chat)]);

  function physicalId(id: string): string {
    const resource = resources.get(id);
    if (resource?.Type === 'AWS::SQS::Queue') return `${queueHost()}/${ACCOUNT}/${id}`;
    const name = resource?.Properties?.AlarmName;
    return typeof name === 'string' ? name : id;
  }

  /** Intrinsic functions, as far as these properties use them. */
  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const [[key, argument] = []] = Object.entries(value);
    if (key === 'Ref') return physicalId(String(argument));
    if (key === 'Fn::GetAtt') {
      const [id, attribute] = argument as [string, string];
      return attribute === 'QueueName'
        ? id
        : `arn:aws:any:us-east-1:${ACCOUNT}:any:${physicalId(id)}`;
    }
    if (key === 'Fn::ImportValue') {
      const [, id = ''] =
        /ExportsOutput(?:Ref|FnGetAtt)(\w+?[0-9A-F]{8})/.exec(String(argument)) ?? [];
      return String(argument).includes('FnGetAtt')
        ? `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${id}/stream/1`
        : id;
    }
    if (key === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => String(resolve(part))).join(separator);
    }
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, resolve(part)]));
  }

  const propertiesOf = (id: unknown): Properties => {
    const resource = resources.get(String(id).split('/').at(-1) ?? '');
    if (resource === undefined) throw new AwsError('ResourceNotFoundException');
    return resolve(resource.Properties ?? {}) as Properties;
  };
  const alarms = (type: string) =>
    [...resources.values()]
      .filter(({ Type }) => Type === type)
      .map(({ Properties = {} }) => resolve(Properties) as Properties);
  const replicaOf = (input: Properties) =>
    (propertiesOf(input.TableName).Replicas as Properties[] | undefined)?.[0] ?? {};

  const answers: Record<string, Answer> = {
    'DynamoDB_20120810.DescribeTable': ({ TableName }) => {
      const { StreamSpecification: spec } = propertiesOf(TableName);
      return {
        Table: spec ? { StreamSpecification: { StreamEnabled: true, ...(spec as object) } } : {},
      };
    },
    'DynamoDB_20120810.DescribeTimeToLive': ({ TableName }) => {
      const { TimeToLiveSpecification: ttl } = propertiesOf(TableName);
      const { AttributeName, Enabled } = (ttl ?? {}) as Properties;
      const TimeToLiveStatus = Enabled ? 'ENABLED' : 'DISABLED';
      return { TimeToLiveDescription: { TimeToLiveStatus, AttributeName } };
    },
    'DynamoDB_20120810.DescribeContinuousBackups': (input) => {
      const { PointInTimeRecoverySpecification: spec = {} } = replicaOf(input);
      const isOn = (spec as Properties).PointInTimeRecoveryEnabled;
      const PointInTimeRecoveryStatus = isOn ? 'ENABLED' : 'DISABLED';
      const PointInTimeRecoveryDescription = { PointInTimeRecoveryStatus };
      return { ContinuousBackupsDescription: { PointInTimeRecoveryDescription } };
    },
    'DynamoDB_20120810.Scan': () => ({ Items: [], Count: 0 }),
    'AmazonSQS.GetQueueAttributes': ({ QueueUrl }) => {
      const { RedrivePolicy } = propertiesOf(QueueUrl);
      const Attributes = {
        ApproximateNumberOfMessages: '0',
        ...(RedrivePolicy !== undefined && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
      };
      return { Attributes };
    },
    'GET /MessagesGivenUp': () => '<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>',
    'GET /2015-03-31/event-source-mappings/': ({ path }) => {
      const UUID = String(path).split('/').at(-1);
      const { EventSourceArn, FunctionName, ScalingConfig } = propertiesOf(UUID);
      const FunctionArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${FunctionName}`;
      return { UUID, State: 'Enabled', EventSourceArn, FunctionArn, ScalingConfig };
    },
    'GET /2015-03-31/functions/': ({ path }) => {
      const { Environment } = propertiesOf(String(path).split('/')[3]);
      return { Environment };
    },
    'GraniteServiceVersion20100801.DescribeAlarms': () => ({
      MetricAlarms: alarms('AWS::CloudWatch::Alarm'),
      CompositeAlarms: alarms('AWS::CloudWatch::CompositeAlarm'),
    }),
    'GraniteServiceVersion20100801.GetMetricData': ({ MetricDataQueries }) => ({
      MetricDataResults: (MetricDataQueries as Properties[]).map(({ Id }) => ({ Id, Values: [] })),
    }),
    'Logs_20140328.DescribeLogGroups': ({ logGroupNamePrefix: logGroupName }) => ({
      logGroups: [{ logGroupName, retentionInDays: propertiesOf(logGroupName).RetentionInDays }],
    }),
    'ServiceQuotasV20190624.GetServiceQuota': () => ({ Quota: { Value: 10_000 } }),
  };

  const listed = (): StackResource[] =>
    Array.from(resources, ([id, { Type }]) => ({
      type: Type,
      logicalId: id,
      physicalId: physicalId(id),
    }));
  const outputs = Object.fromEntries(
    Object.entries(chat.findOutputs('*')).map(([name, { Value }]) => [name, resolve(Value)]),
  );
  return { answers, resources: listed, outputs };
}

function resourcesIn(template: Template): [string, CfnResource][] {
  const { Resources } = template.toJSON() as { Resources: Record<string, CfnResource> };
  return Object.entries(Resources);
}
