import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmDefinition, silenceIsGood } from './alarm-definition.ts';
import { isLost } from './loss-alarms.ts';
import { math, ofFunction, ofQueue, ofStage, own, ownOfAll, total } from './metrics.ts';
import { isThrottled } from './throttle-alarms.ts';
import type { Watched } from './watched.ts';

export const LATENCY_MAX_MS = 3_000;
export const ITERATOR_AGE_MAX_MS = 30_000;
export const QUEUE_AGE_MAX_SECONDS = 60;

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
