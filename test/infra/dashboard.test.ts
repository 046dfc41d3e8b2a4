import { describe, expect, it } from '@jest/globals';
import { alarmsOf, shownMetrics, widgetsOf } from './shown-metrics.ts';
import { resourcesOf, synthesizeStacks } from './synthesized-stacks.ts';

const { chat } = synthesizeStacks({ openAccess: true, postsPerSecond: 4_000 });
const widgets = widgetsOf(chat);
const titles = widgets.flatMap(({ properties }) => properties.title ?? []);

/** What AWS emits, and the resource by whose attribute it is found. */
const ofFunctions = { FunctionName: /^\{"Ref":"\w+"\}$/ };
const ofQueues = { QueueName: /^\{"Fn::GetAtt":\["\w+","QueueName"\]\}$/ };
const ofStages = { ApiId: /^\{"Ref":"SocketApi\w+"\}$/, Stage: /^live$/ };
const ofTables = { TableName: /^\{"Fn::ImportValue":"[^"]*OutputRef\w+"\}$/ };
const ofMappings = { EventSourceMappingUUID: /^\{"Ref":"MessagesFanOutMessagesStream\w+"\}$/ };
const ofLogs = { LogGroupName: /^\{"Ref":"\w+Logs\w+"\}$/ };

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html */
const EMITTED_BY_AWS: Record<string, Record<string, RegExp>> = {
  'AWS/Lambda Invocations': ofFunctions,
  'AWS/Lambda Errors': ofFunctions,
  'AWS/Lambda Throttles': ofFunctions,
  'AWS/Lambda Duration': ofFunctions,
  'AWS/Lambda ConcurrentExecutions': ofFunctions,
  'AWS/Lambda IteratorAge': ofFunctions,
  'AWS/Lambda RecursiveInvocationsDropped': ofFunctions,
  'AWS/Lambda OnFailureDestinationDeliveredEventCount': ofMappings,
  'AWS/Lambda DroppedEventCount': ofMappings,
  'AWS/SQS ApproximateNumberOfMessagesVisible': ofQueues,
  'AWS/SQS ApproximateNumberOfMessagesNotVisible': ofQueues,
  'AWS/SQS ApproximateAgeOfOldestMessage': ofQueues,
  'AWS/SQS NumberOfMessagesSent': ofQueues,
  'AWS/SQS NumberOfMessagesReceived': ofQueues,
  'AWS/SQS NumberOfMessagesDeleted': ofQueues,
  'AWS/SQS NumberOfEmptyReceives': ofQueues,
  'AWS/ApiGateway ConnectCount': ofStages,
  'AWS/ApiGateway MessageCount': ofStages,
  'AWS/ApiGateway ClientError': ofStages,
  'AWS/ApiGateway ExecutionError': ofStages,
  'AWS/ApiGateway IntegrationError': ofStages,
  'AWS/ApiGateway IntegrationLatency': ofStages,
  'AWS/DynamoDB ConsumedReadCapacityUnits': ofTables,
  'AWS/DynamoDB ConsumedWriteCapacityUnits': ofTables,
  'AWS/DynamoDB ReadThrottleEvents': ofTables,
  'AWS/DynamoDB WriteThrottleEvents': ofTables,
  'AWS/Logs IncomingBytes': ofLogs,
};

describe('the dashboard', () => {
  it('asks what is asked on a bad day, in that order, and says what normal looks like', () => {
    const texts = widgets.flatMap(({ properties }) => properties.markdown ?? []);
    expect(texts.map((text) => /^## (.+)\n.{100,}/.exec(text)?.[1])).toEqual([
      'Is it up?',
      'Is it fast?',
      'Is it falling behind?',
      'Is anything being lost?',
      'Who is throttled?',
      'Which rooms are paced?',
      'What does it carry?',
      'What does it cost?',
    ]);
  });

  it('begins with the state of every alarm', () => {
    const alarms = resourcesOf(chat, 'AWS::CloudWatch::Alarm').map(([id]) => id);
    const composites = resourcesOf(chat, 'AWS::CloudWatch::CompositeAlarm').map(([id]) => id);
    const shown = widgets[0]?.properties.alarms?.map((arn) => /\["(\w+)","Arn"\]/.exec(arn)?.[1]);
    expect(shown?.toSorted()).toEqual([...alarms, ...composites].toSorted());
  });

  it('has a name of its own for every graph', () => {
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.length).toBeGreaterThan(25);
  });

  it('shows where an alarm rings on the graph of what it watches', () => {
    const limits = JSON.stringify(
      widgets.flatMap(({ properties }) => properties.annotations ?? []),
    );
    for (const name of [
      'delivery-slow',
      'fan-out-behind',
      'delivery-behind',
      'flush-behind',
      'quota-nearly-used',
    ]) {
      expect(limits).toContain(name);
    }
    // Nine tenths of the share of this deployment.
    expect(limits).toContain('"value":3600');
  });

  it('stays within what CloudWatch takes: 500 metrics a widget and 2,500 a dashboard', () => {
    const counts = widgets.map(({ properties }) => properties.metrics?.length ?? 0);
    expect(Math.max(...counts)).toBeLessThanOrEqual(500);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2_500);
  });

  it.each(
    widgets.flatMap(({ properties }) =>
      properties.metrics === undefined ? [] : [[properties.title, properties.metrics] as const],
    ),
  )('computes %s from metrics that are on the same graph', (_, rows) => {
    const options = rows.map((row) => row.at(-1) as { id?: string; expression?: string });
    const ids = options.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { expression = '' } of options) {
      const names = expression.match(/\b[a-z]\w*/g) ?? [];
      expect(ids).toEqual(expect.arrayContaining(names));
    }
  });
});

describe('the metrics of AWS on the dashboard and in the alarms', () => {
  const ofAws = shownMetrics(chat).filter(({ namespace }) => namespace.startsWith('AWS/'));

  it('are those that AWS emits, with the dimensions of a resource of this stack', () => {
    expect(ofAws.length).toBeGreaterThan(100);
    for (const { where, namespace, metricName, dimensions } of ofAws) {
      const patterns = EMITTED_BY_AWS[`${namespace} ${metricName}`] ?? {};
      const names = Object.keys(dimensions);
      expect({ where, metricName, names }).toEqual({
        where,
        metricName,
        names: Object.keys(patterns),
      });
      for (const [name, pattern] of Object.entries(patterns)) {
        expect(dimensions[name]).toMatch(pattern);
      }
    }
  });

  it('of the stream mapping are emitted, because it counts its events', () => {
    const [id] =
      resourcesOf(chat, 'AWS::Lambda::EventSourceMapping').find(
        ([, { Properties }]) => 'MetricsConfig' in Properties,
      ) ?? [];
    const watched = ofAws.flatMap(({ dimensions }) => dimensions.EventSourceMappingUUID ?? []);
    expect(new Set(watched)).toEqual(new Set([JSON.stringify({ Ref: id })]));
  });

  it('of queues watch both dead-letter queues', () => {
    const watching = alarmsOf(chat).flatMap(({ metrics }) => metrics);
    const queues = watching.flatMap(({ dimensions }) => dimensions.QueueName ?? []).join();
    expect(queues).toContain('MessagesFanOutDlq');
    expect(queues).toContain('MessagesDeliveryDlq');
  });
});
