import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmDefinition, NONE, silenceIsGood } from './alarm-definition.ts';
import { math, ofFunction, ofTable, own, total } from './metrics.ts';
import type { Watched } from './watched.ts';

export const QUOTA_SHARE_MAX_PERCENT = 90;

/** Where AWS, or we ourselves, tell somebody to come back later. */
export function isThrottled({ config, functions, tables }: Watched): AlarmDefinition[] {
  const all = { minutes: [5, 5], missing: silenceIsGood, pages: false } as const;
  const posts = own(config, 'deliver', 'posts');
  const busy = [
    'authorize',
    'connect',
    'disconnect',
    'send',
    'join',
    'resume',
    'fanOut',
    'flush',
    'deliver',
  ] as const;
  return [
    {
      ...all,
      name: 'posts-throttled',
      means: 'API Gateway refuses more than one recipient of twenty: the quota, or full sockets.',
      metric: math(
        'throttled %',
        '100 * throttled / (throttled + FILL(deliveries, 0))',
        recipients(config),
      ),
      threshold: 5,
      minutes: [5, 5],
    },
    {
      ...all,
      name: 'quota-nearly-used',
      means: 'Posts take nine tenths of the share of the quota: soon members wait.',
      metric: math('share used %', `100 * posts / PERIOD(posts) / ${config.postsPerSecond}`, {
        posts,
      }),
      threshold: QUOTA_SHARE_MAX_PERCENT,
      minutes: [10, 10],
    },
    {
      ...all,
      name: 'functions-throttled',
      means: 'Lambda refuses invocations: the concurrency of the account is used up.',
      metric: total(
        'invocations throttled',
        busy.map((name) => ofFunction(name, functions[name], 'Throttles')),
      ),
      threshold: NONE,
      minutes: [3, 5],
      pages: true,
    },
    {
      ...all,
      name: 'tables-throttled',
      means: 'DynamoDB refuses more than a hundred requests a minute: a hot room, or a cold table.',
      metric: total(
        'requests throttled',
        Object.entries(tables).flatMap(([name, table]) => [
          ofTable(`${name} reads`, table, 'ReadThrottleEvents'),
          ofTable(`${name} writes`, table, 'WriteThrottleEvents'),
        ]),
      ),
      threshold: 100,
    },
    {
      ...all,
      name: 'sends-overloaded',
      means: 'More than a hundred sends a minute are told to come back later.',
      metric: own(config, 'send', 'overloaded'),
      threshold: 100,
    },
  ];
}

const recipients = (config: Watched['config']): Record<string, IMetric> => ({
  throttled: own(config, 'deliver', 'throttled'),
  deliveries: own(config, 'deliver', 'deliveries'),
});
