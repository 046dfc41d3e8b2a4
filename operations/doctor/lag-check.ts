import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../shared/domain/ports.ts';
import type { StackAccess } from '../common/stack-access.ts';
import type { Check } from './finding.ts';
import { functionNameOf, type Mappings } from './mappings.ts';

/** As the alarms have it. */
const STREAM_AGE_MAX_MS = 30_000;
const QUEUE_AGE_MAX_SECONDS = 60;

const WINDOW_MS = 5 * 60_000;

interface Aged {
  what: string;
  metric: { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] };
  max: number;
  unitMs: number;
  runbook: string;
}

interface LagCheckOptions {
  access: StackAccess;
  mappings: Mappings;
  cloudWatch: CloudWatchClient;
  clock: Clock;
}

/** How old what waits in streams and queues is, at most, in the last minutes. */
export function lagCheck({ access, mappings, cloudWatch, clock }: LagCheckOptions): Check {
  async function streams(): Promise<Aged[]> {
    const ofStreams = (await mappings.all()).filter(({ EventSourceArn = '' }) =>
      EventSourceArn.includes(':dynamodb:'),
    );
    return ofStreams.map(functionNameOf).map((name) => ({
      what: `${name} is behind its stream`,
      metric: {
        Namespace: 'AWS/Lambda',
        MetricName: 'IteratorAge',
        Dimensions: [{ Name: 'FunctionName', Value: name }],
      },
      max: STREAM_AGE_MAX_MS,
      unitMs: 1,
      runbook: 'fan-out-behind',
    }));
  }

  const queues = (): Aged[] =>
    access.resources
      .filter(({ type, logicalId }) => type === 'AWS::SQS::Queue' && !/Dlq/.test(logicalId))
      .map(({ logicalId, physicalId }) => ({ logicalId, name: physicalId.split('/').at(-1) ?? '' }))
      .map(({ logicalId, name }) => ({
        what: `The oldest job waits in ${name}`,
        metric: {
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateAgeOfOldestMessage',
          Dimensions: [{ Name: 'QueueName', Value: name }],
        },
        max: QUEUE_AGE_MAX_SECONDS,
        unitMs: 1_000,
        runbook: logicalId.includes('Flush') ? 'flush-behind' : 'delivery-behind',
      }));

  return {
    name: 'age of streams and queues',
    async look() {
      const aged = [...(await streams()), ...queues()];
      const now = clock.now();
      const { MetricDataResults = [] } = await cloudWatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(now - WINDOW_MS),
          EndTime: new Date(now),
          MetricDataQueries: aged.map(({ metric }, index) => ({
            Id: `m${index}`,
            MetricStat: { Metric: metric, Period: 60, Stat: 'Maximum' },
          })),
        }),
      );
      return aged.flatMap(({ what, max, unitMs, runbook }, index) => {
        const values = MetricDataResults.find(({ Id }) => Id === `m${index}`)?.Values ?? [];
        const oldest = Math.max(0, ...values);
        if (oldest <= max) return [];
        return [
          {
            name: runbook,
            what: `${what}: by ${Math.round((oldest * unitMs) / 1_000)} s in the last five minutes.`,
            why: 'What waits there reaches members that late.',
            fix: `docs/runbook.md#${runbook}`,
          },
        ];
      });
    },
  };
}
