import { type MathExpression, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { FunctionName } from '../../services/env.ts';
import type { Section } from './dashboard-section.ts';
import { math, ofFunction, ofLog, ofQueue, ofStage, ofTable, own, total } from './metrics.ts';
import { PRICES } from './prices.ts';
import type { Watched } from './watched.ts';

const MILLION = 1_000_000;
const GB = 1024 ** 3;

/** What each service costs in a minute, by list prices, as arithmetic that anybody can check. */
export function costSection(watched: Watched): Section {
  const costs = {
    apiGateway: apiGateway(watched),
    lambda: lambda(watched),
    dynamoDb: dynamoDb(watched),
    sqs: sqs(watched),
    logs: logs(watched),
  };
  const sum = Object.keys(costs)
    .map((service) => `FILL(${service}, 0)`)
    .join(' + ');
  return {
    title: 'What does it cost?',
    normal: `List prices of us-east-1, without free tier and discounts. Nine tenths and more are API Gateway, which bills every frame of 32 KB, in and out, and the more so the larger the rooms; a million deliveries cost a little more than $${PRICES.apiGateway.perMillionMessages}. Connection minutes are counted when a connection ends. SQS is an upper bound, since requests are shared by up to ten jobs. Not included: data transfer, stored gigabytes, this dashboard, its alarms ($0.10 each a month) and its metrics ($0.30 each a month).`,
    graphs: [
      { title: 'Dollars an hour', metrics: Object.values(costs), stacked: true },
      {
        title: 'Dollars for a million deliveries',
        metrics: [
          math('dollars', `${MILLION} * (${sum}) / 60 / deliveries`, {
            ...costs,
            deliveries: own(watched.config, 'deliver', 'deliveries'),
          }),
        ],
      },
    ],
  };
}

/** Dollars an hour, of something that is counted every minute. */
const perHour = (
  label: string,
  dollarsAMinute: string,
  metrics: Record<string, Metric | MathExpression>,
) => math(label, `60 * (${dollarsAMinute})`, metrics);

function apiGateway({ config, webSocketStage }: Watched): MathExpression {
  const { perMillionMessages, perMillionConnectionMinutes } = PRICES.apiGateway;
  return perHour(
    'API Gateway',
    `FILL(frames, 0) * ${decimal(perMillionMessages / MILLION)} + FILL(connected, 0) * ${decimal(perMillionConnectionMinutes / MILLION)}`,
    {
      frames: ofStage(webSocketStage, 'MessageCount'),
      connected: own(config, 'disconnect', 'connectionMinutes'),
    },
  );
}

function lambda({ functions }: Watched): MathExpression {
  const { perMillionInvocations, perGbSecondOnArm } = PRICES.lambda;
  const entries = Object.entries(functions) as [FunctionName, (typeof functions)[FunctionName]][];
  const byMemory = Map.groupBy(entries, ([, fn]) => memoryMbOf(fn));
  const durations = Array.from(byMemory, ([memoryMb, group]) => ({
    name: `ms${memoryMb}`,
    perMs: (perGbSecondOnArm * memoryMb) / 1024 / 1000,
    metric: total(
      `milliseconds at ${memoryMb} MB`,
      group.map(([name, fn]) => ofFunction(name, fn, 'Duration', Stats.SUM)),
    ),
  }));
  const invocations = total(
    'invocations',
    entries.map(([name, fn]) => ofFunction(name, fn, 'Invocations')),
  );
  const time = durations.map(({ name, perMs }) => `${name} * ${decimal(perMs)}`).join(' + ');
  return perHour('Lambda', `invocations * ${decimal(perMillionInvocations / MILLION)} + ${time}`, {
    invocations,
    ...Object.fromEntries(durations.map(({ name, metric }) => [name, metric])),
  });
}

function dynamoDb({ tables }: Watched): MathExpression {
  const { perMillionReadUnits, perMillionWriteUnits } = PRICES.dynamoDb;
  const units = (metricName: 'ConsumedReadCapacityUnits' | 'ConsumedWriteCapacityUnits') =>
    total(
      metricName,
      Object.entries(tables).map(([name, table]) => ofTable(name, table, metricName)),
    );
  return perHour(
    'DynamoDB',
    `reads * ${decimal(perMillionReadUnits / MILLION)} + writes * ${decimal(perMillionWriteUnits / MILLION)}`,
    { reads: units('ConsumedReadCapacityUnits'), writes: units('ConsumedWriteCapacityUnits') },
  );
}

function sqs({ deliveryQueue }: Watched): MathExpression {
  const requests = (
    [
      'NumberOfMessagesSent',
      'NumberOfMessagesReceived',
      'NumberOfMessagesDeleted',
      'NumberOfEmptyReceives',
    ] as const
  ).map((metricName) => ofQueue(metricName, deliveryQueue, metricName, Stats.SUM));
  const price = decimal(PRICES.sqs.perMillionRequests / MILLION);
  return perHour('SQS', `requests * ${price}`, { requests: total('requests', requests) });
}

function logs({ functions }: Watched): MathExpression {
  const bytes = Object.entries(functions).flatMap(([name, { logGroup }]) =>
    logGroup instanceof LogGroup ? ofLog(name, logGroup) : [],
  );
  return perHour('Logs', `bytes * ${decimal(PRICES.logs.perGb / GB)}`, {
    bytes: total('bytes', bytes),
  });
}

/** CloudWatch's arithmetic knows no exponents. */
const decimal = (value: number) => value.toFixed(20).replace(/0+$/, '');

function memoryMbOf(fn: Watched['functions'][FunctionName]): number {
  const memoryMb = (fn.node.defaultChild as { memorySize?: number } | undefined)?.memorySize;
  if (memoryMb === undefined) throw new Error(`${fn.node.path} has no memory size: give it one.`);
  return memoryMb;
}
