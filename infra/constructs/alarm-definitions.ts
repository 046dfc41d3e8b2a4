import {
  type IMetric,
  type MathExpression,
  type Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  math,
  ofFunction,
  ofMapping,
  ofQueue,
  ofStage,
  ofTable,
  own,
  ownOfAll,
  total,
} from './metrics.ts';
import type { Watched } from './watched.ts';

export interface AlarmDefinition {
  /** Names the alarm, and its entry in the runbook. */
  name: string;
  /** In a line: what has happened when it rings. The runbook tells the rest. */
  means: string;
  metric: Metric | MathExpression;
  /** It rings above this. */
  threshold: number;
  /** In so many minutes of so many. */
  minutes: readonly [breaching: number, of: number];
  missing: TreatMissingData;
  /** Members wait right now: wakes somebody up. */
  pages: boolean;
}

/**
 * Nobody emits zeros, and AWS tells nothing of functions, tables and queues that are at rest: where no
 * message is on its way, silence is what is normal, and no alarm keeps ringing for it.
 */
const silenceIsGood = TreatMissingData.NOT_BREACHING;

/** One is too many: somebody waits for each dead letter, and it is kept for 14 days only. */
const NONE = 0;

export const LATENCY_MAX_MS = 3_000;
export const ITERATOR_AGE_MAX_MS = 30_000;
export const QUEUE_AGE_MAX_SECONDS = 60;
export const QUOTA_SHARE_MAX_PERCENT = 90;

/** Every alarm with a limit, in the order of the dashboard. */
export function alarmDefinitions(watched: Watched): AlarmDefinition[] {
  return [isUp, isFast, fallsBehind, isLost, isThrottled].flatMap((ask) => ask(watched));
}

function isUp({ config, functions, webSocketStage }: Watched): AlarmDefinition[] {
  const errorsOf = (...names: (keyof typeof functions)[]) =>
    names.map((name) => ofFunction(name, functions[name], 'Errors'));
  return [
    {
      name: 'requests-failing',
      means: 'Clients get INTERNAL: something behind a route is broken.',
      metric: total('requests failed', ownOfAll(config, 'failed')),
      threshold: 5,
      minutes: [3, 5],
      missing: silenceIsGood,
      pages: true,
    },
    {
      name: 'functions-failing',
      means: 'Functions end in an error or in a timeout.',
      // Not authorize: it throws for whoever names nobody, and strangers try that all day.
      metric: total(
        'invocations failed',
        errorsOf(
          'fanOut',
          'flush',
          'deliver',
          'announce',
          'send',
          'connect',
          'disconnect',
          'join',
          'resume',
        ),
      ),
      threshold: 1,
      minutes: [3, 5],
      missing: silenceIsGood,
      pages: true,
    },
    {
      name: 'sockets-failing',
      means: 'API Gateway cannot reach the functions behind the socket.',
      metric: total('socket errors', [
        ofStage(webSocketStage, 'ExecutionError'),
        ofStage(webSocketStage, 'IntegrationError'),
      ]),
      threshold: 10,
      minutes: [3, 5],
      missing: silenceIsGood,
      pages: true,
    },
    {
      name: 'nobody-gets-in',
      means: 'Most of those who come are turned away: bad tokens, or an issuer out of reach.',
      metric: math(
        'turned away %',
        'IF(calls > 20, 100 * MAX([FILL(refused, 0), FILL(errors, 0)]) / calls, 0)',
        {
          calls: ofFunction('authorize', functions.authorize, 'Invocations'),
          errors: ofFunction('authorize', functions.authorize, 'Errors'),
          refused: own(config, 'authorize', 'refused'),
        },
      ),
      threshold: 50,
      minutes: [5, 5],
      missing: silenceIsGood,
      pages: true,
    },
  ];
}

function isFast({ config }: Watched): AlarmDefinition[] {
  return [
    {
      name: 'delivery-slow',
      means: 'One message of a hundred takes more than three seconds to its member.',
      metric: own(config, 'deliver', 'deliveryLatency', Stats.p(99)),
      threshold: LATENCY_MAX_MS,
      minutes: [5, 5],
      missing: silenceIsGood,
      pages: true,
    },
  ];
}

function fallsBehind({ functions, deliveryQueue, flushQueue }: Watched): AlarmDefinition[] {
  return [
    {
      name: 'fan-out-behind',
      means: 'Stored messages wait for half a minute and more to be fanned out.',
      metric: ofFunction('fanOut', functions.fanOut, 'IteratorAge', Stats.MAXIMUM),
      threshold: ITERATOR_AGE_MAX_MS,
      minutes: [3, 3],
      missing: silenceIsGood,
      pages: true,
    },
    {
      name: 'flush-behind',
      means: 'Flushes of hot rooms wait in their queue for a minute and more.',
      metric: ofQueue('oldest flush', flushQueue, 'ApproximateAgeOfOldestMessage'),
      threshold: QUEUE_AGE_MAX_SECONDS,
      minutes: [3, 3],
      missing: silenceIsGood,
      pages: true,
    },
    {
      name: 'delivery-behind',
      means: 'Delivery jobs wait in the queue for a minute and more.',
      metric: ofQueue('oldest job', deliveryQueue, 'ApproximateAgeOfOldestMessage'),
      threshold: QUEUE_AGE_MAX_SECONDS,
      minutes: [3, 3],
      missing: silenceIsGood,
      pages: true,
    },
  ];
}

function isLost(watched: Watched): AlarmDefinition[] {
  const { config, functions, deliveryDlq, fanOutDlq, flushDlq, messagesStream } = watched;
  const ticket = (
    name: string,
    means: string,
    metric: Metric | MathExpression,
  ): AlarmDefinition => ({
    name,
    means,
    metric,
    threshold: NONE,
    minutes: [1, 1],
    missing: silenceIsGood,
    pages: false,
  });
  const visible = 'ApproximateNumberOfMessagesVisible';
  return [
    ticket(
      'fan-out-dead-letters',
      'Stream records could not be read and were set aside.',
      ofQueue('fan-out DLQ', fanOutDlq, visible),
    ),
    ticket(
      'flush-dead-letters',
      'Flushes could not be read, or failed five times, and were set aside.',
      ofQueue('flush DLQ', flushDlq, visible),
    ),
    ticket(
      'delivery-dead-letters',
      'Delivery jobs could not be read, or failed five times, and were set aside.',
      ofQueue('delivery DLQ', deliveryDlq, visible),
    ),
    ticket(
      'batches-given-up',
      'Lambda gave a batch of the stream up; its records are kept in the bucket.',
      total('batches given up', [
        ofMapping('kept', messagesStream, 'OnFailureDestinationDeliveredEventCount'),
        ofMapping('dropped', messagesStream, 'DroppedEventCount'),
      ]),
    ),
    ticket(
      'recipients-given-up',
      'Members were not reached in half a minute of tries.',
      own(config, 'deliver', 'givenUp'),
    ),
    ticket(
      'recipients-lost',
      'API Gateway refused frames for good: a bug of ours.',
      total('recipients lost', [
        own(config, 'deliver', 'tooLarge'),
        own(config, 'deliver', 'rejected'),
      ]),
    ),
    ticket(
      'recursion-stopped',
      'Lambda took deliver for an endless loop and stopped it.',
      ofFunction('deliver', functions.deliver, 'RecursiveInvocationsDropped'),
    ),
  ];
}

function isThrottled({ config, functions, tables }: Watched): AlarmDefinition[] {
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
