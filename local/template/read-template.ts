import { type CloudAssembly, readCloudAssembly } from './cloud-assembly.ts';
import type { StackModel } from './model.ts';
import type { Place } from './physical-values.ts';
import { readAlarms } from './read-alarms.ts';
import { readHttpApi, readWebSocketApi } from './read-apis.ts';
import { readDashboard } from './read-dashboard.ts';
import { readFunction, readMappings } from './read-functions.ts';
import { readBucket, readQueue, readTable } from './read-stores.ts';
import { indexResources, type Resources } from './resources.ts';

/** What the local runtime wires up. */
const KNOWN_TYPES = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::RouteResponse',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
]);

/** What means nothing on one machine: rights, logs, and what only AWS can learn. */
const MEANINGLESS_TYPES = new Set([
  'AWS::ApiGateway::Account',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::AnomalyDetector',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
]);

export interface ReadOptions {
  /** Default `us-east-1`. */
  region?: string;
  /** Default `000000000000`. */
  accountId?: string;
  /** Where the engine holds a queue; by default the URL that AWS would give it. */
  queueUrl?: (queueName: string) => string;
}

/**
 * Reads the stacks of a synthesised app as one model.
 *
 * @throws Error that names what in the template the local runtime does not know, so that nothing that
 * is deployed silently goes untried.
 */
export function readStackModel(assemblyDir: string, options: ReadOptions = {}): StackModel {
  const region = options.region ?? 'us-east-1';
  const accountId = options.accountId ?? '000000000000';
  const queueUrl =
    options.queueUrl ?? ((name) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`);
  return toModel(readCloudAssembly(assemblyDir), { region, accountId, queueUrl });
}

function toModel(assembly: CloudAssembly, place: Place): StackModel {
  const resources = indexResources(assembly, place);
  refuseUnknown(resources);
  return {
    region: place.region,
    accountId: place.accountId,
    tables: resources
      .ofType('AWS::DynamoDB::GlobalTable')
      .map((resource) => readTable(resources, resource)),
    queues: resources.ofType('AWS::SQS::Queue').map((resource) => readQueue(resources, resource)),
    buckets: resources.ofType('AWS::S3::Bucket').map((resource) => readBucket(resources, resource)),
    functions: resources
      .ofType('AWS::Lambda::Function')
      .map((resource) => readFunction(assembly, resources, resource)),
    ...readMappings(resources),
    webSocketApi: readWebSocketApi(resources),
    httpApi: readHttpApi(resources),
    dashboards: resources
      .ofType('AWS::CloudWatch::Dashboard')
      .map((resource) => readDashboard(resources, resource)),
    alarms: readAlarms(resources),
    outputs: resources.outputs(),
  };
}

function refuseUnknown(resources: Resources): void {
  const seen = new Map<string, string>();
  for (const { id, type, stack } of resources.all) {
    if (MEANINGLESS_TYPES.has(type)) continue;
    if (!KNOWN_TYPES.has(type)) {
      throw new Error(
        `${id} (${type}) is in the template ${stack.stackName}, but the local runtime does not know it: teach it, or list the type as meaningless in read-template.ts.`,
      );
    }
    const other = seen.get(id);
    if (other !== undefined) {
      throw new Error(
        `${id} is in the templates ${other} and ${stack.stackName}: the local runtime needs logical ids that differ.`,
      );
    }
    seen.set(id, stack.stackName);
  }
}
