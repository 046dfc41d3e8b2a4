import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Section } from './dashboard-section.ts';
import { math, ofFunction, ofMapping, ofQueue, ofTable, own, ownOfAll } from './metrics.ts';
import { QUOTA_SHARE_MAX_PERCENT } from './throttle-alarms.ts';
import type { Watched } from './watched.ts';

export function losesAnything(watched: Watched): Section {
  const { config, functions, deliveryDlq, fanOutDlq, flushDlq, messagesStream } = watched;
  return {
    title: 'Is anything being lost?',
    normal:
      'Everything here is zero, but for two: numbers are sealed now and then, when a sender dies between its number and its message; and typing and presence that come too late are dropped, first of all when posts are short. No message is lost by any of this: what was not pushed stands in the log of its room, and clients fetch it.',
    graphs: [
      {
        title: 'Dead letters',
        metrics: [
          ofQueue('fan-out DLQ', fanOutDlq, 'ApproximateNumberOfMessagesVisible'),
          ofQueue('flush DLQ', flushDlq, 'ApproximateNumberOfMessagesVisible'),
          ofQueue('delivery DLQ', deliveryDlq, 'ApproximateNumberOfMessagesVisible'),
        ],
      },
      {
        title: 'Batches that Lambda gave up',
        metrics: [
          ofMapping(
            'kept in the bucket',
            messagesStream,
            'OnFailureDestinationDeliveredEventCount',
          ),
          ofMapping('dropped', messagesStream, 'DroppedEventCount'),
        ],
      },
      {
        title: 'Poison',
        metrics: [
          own(config, 'fanOut', 'poison').with({ label: 'stream records' }),
          own(config, 'flush', 'poison').with({ label: 'flushes' }),
          own(config, 'deliver', 'poison').with({ label: 'jobs' }),
          own(config, 'announce', 'unreadable').with({ label: 'membership records' }),
        ],
      },
      {
        title: 'Recipients that got nothing',
        metrics: [
          own(config, 'deliver', 'givenUp').with({ label: 'given up' }),
          own(config, 'deliver', 'tooLarge').with({ label: 'frame too large' }),
          own(config, 'deliver', 'rejected'),
        ],
        right: [
          ofFunction('deliver', functions.deliver, 'RecursiveInvocationsDropped').with({
            label: 'stopped as recursion',
          }),
        ],
      },
      {
        title: 'Lost on purpose',
        metrics: [
          own(config, 'deliver', 'dropped').with({ label: 'typing and presence dropped' }),
          own(config, 'fanOut', 'sealedHoles').with({ label: 'numbers sealed' }),
        ],
      },
    ],
  };
}

export function isThrottled({ config, functions, tables, postsPerEnvironment }: Watched): Section {
  const posts = own(config, 'deliver', 'posts');
  return {
    title: 'Who is throttled?',
    normal: `Posts stay below ${config.postsPerSecond.toLocaleString('en')} a second, which is what this deployment may take of the quota, and each environment allows itself its share of ${postsPerEnvironment} a second. When the account refuses posts, that rate is halved until it recovers. A slow consumer throttles only itself: it is closed after three deliveries, and comes back.`,
    graphs: [
      {
        title: 'Posts against the share of the quota',
        metrics: [
          math('posts', 'posts / PERIOD(posts)', { posts }),
          math('taken', 'taken / PERIOD(taken)', { taken: own(config, 'deliver', 'framesTaken') }),
        ],
        unit: 'a second',
        limit: {
          at: (config.postsPerSecond * QUOTA_SHARE_MAX_PERCENT) / 100,
          label: 'quota-nearly-used',
        },
      },
      {
        title: 'Rate that an environment allows itself',
        metrics: [
          own(config, 'deliver', 'postsPerSecond', Stats.MINIMUM),
          own(config, 'deliver', 'postsPerSecond', Stats.AVERAGE),
        ],
        unit: 'a second',
        limit: { at: postsPerEnvironment, label: 'its share' },
      },
      {
        title: 'Recipients that do not take their frames',
        metrics: [
          own(config, 'deliver', 'throttled'),
          own(config, 'deliver', 'unanswered'),
          own(config, 'deliver', 'closed').with({ label: 'slow consumers closed' }),
          own(config, 'deliver', 'gone'),
        ],
      },
      {
        title: 'Requests told to come back later',
        metrics: ownOfAll(config, 'overloaded'),
        stacked: true,
      },
      {
        title: 'Functions throttled',
        metrics: Object.entries(functions).map(([name, fn]) =>
          ofFunction(name as keyof typeof functions, fn, 'Throttles'),
        ),
        stacked: true,
      },
      {
        title: 'Tables throttled',
        metrics: Object.entries(tables).flatMap(([name, table]) => [
          ofTable(`${name} reads`, table, 'ReadThrottleEvents'),
          ofTable(`${name} writes`, table, 'WriteThrottleEvents'),
        ]),
        stacked: true,
      },
    ],
  };
}
