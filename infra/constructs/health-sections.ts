import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ITERATOR_AGE_MAX_MS, LATENCY_MAX_MS, QUEUE_AGE_MAX_SECONDS } from './alarm-definitions.ts';
import type { Section } from './dashboard-section.ts';
import { ofFunction, ofQueue, ofStage, own, ownOfAll } from './metrics.ts';
import type { Watched } from './watched.ts';

export function isUp({ config, functions, webSocketStage }: Watched): Section {
  return {
    title: 'Is it up?',
    normal:
      'Connections open and end at the same pace, with a wave every two hours after a deployment or an outage. Errors are at zero. Some requests are refused at any time: strangers try the door, and clients make mistakes. Cold starts come with a rise of traffic, and with a deployment.',
    graphs: [
      {
        title: 'Connections',
        metrics: [
          own(config, 'connect', 'opened'),
          own(config, 'disconnect', 'ended'),
          own(config, 'drain', 'told').with({ label: 'asked to come back' }),
        ],
        right: [ofStage(webSocketStage, 'ConnectCount')],
        unit: 'a minute',
      },
      {
        title: 'Functions that fail',
        metrics: Object.entries(functions).map(([name, fn]) =>
          ofFunction(name as keyof typeof functions, fn, 'Errors'),
        ),
        stacked: true,
      },
      {
        title: 'Requests answered with INTERNAL',
        metrics: ownOfAll(config, 'failed'),
        stacked: true,
      },
      {
        title: 'API Gateway errors',
        metrics: (['ExecutionError', 'IntegrationError', 'ClientError'] as const).map((name) =>
          ofStage(webSocketStage, name),
        ),
      },
      { title: 'Requests refused', metrics: ownOfAll(config, 'refused'), stacked: true },
      { title: 'Cold starts', metrics: ownOfAll(config, 'coldStarts'), stacked: true },
    ],
  };
}

export function isFast({ config, functions, webSocketStage }: Watched): Section {
  const latency = (statistic: string, label: string) =>
    own(config, 'deliver', 'deliveryLatency', statistic).with({ label });
  return {
    title: 'Is it fast?',
    normal:
      'A message takes some 200 ms from the gateway to its members, of which the stream is up to 250 ms by itself: Lambda asks it four times a second. p99 stays below a second, and rises with cold starts and with the number of members. A sender has its answer long before, in some 30 ms.',
    graphs: [
      {
        title: 'From the sender to each member',
        metrics: [
          latency(Stats.p(50), 'p50'),
          latency(Stats.p(99), 'p99'),
          latency(Stats.p(99.9), 'p99.9'),
          latency(Stats.MAXIMUM, 'maximum'),
        ],
        unit: 'ms',
        limit: { at: LATENCY_MAX_MS, label: 'p99: delivery-slow' },
      },
      {
        title: 'Until the sender has its answer',
        metrics: [
          ofFunction('send', functions.send, 'Duration', Stats.p(50)).with({ label: 'send p50' }),
          ofFunction('send', functions.send, 'Duration', Stats.p(99)).with({ label: 'send p99' }),
          ofStage(webSocketStage, 'IntegrationLatency', Stats.p(99)),
        ],
        unit: 'ms',
      },
      {
        title: 'A batch of each stage, p99',
        metrics: [
          ofFunction('fanOut', functions.fanOut, 'Duration', Stats.p(99)),
          ofFunction('flush', functions.flush, 'Duration', Stats.p(99)),
          ofFunction('deliver', functions.deliver, 'Duration', Stats.p(99)),
          ofFunction('announce', functions.announce, 'Duration', Stats.p(99)),
        ],
        unit: 'ms',
      },
    ],
  };
}

export function fallsBehind({ config, functions, deliveryQueue, flushQueue }: Watched): Section {
  return {
    title: 'Is it falling behind?',
    normal:
      'Streams are below a second old, the queue is empty or nearly so, and its oldest job is a few seconds old. A peak that comes down by itself is what a queue is for. Some jobs go round again when connections are slow; records and jobs that fail as a whole are rare.',
    graphs: [
      {
        title: 'Age of the streams',
        metrics: [
          ofFunction('fanOut', functions.fanOut, 'IteratorAge', Stats.MAXIMUM),
          ofFunction('announce', functions.announce, 'IteratorAge', Stats.MAXIMUM),
        ],
        unit: 'ms',
        limit: { at: ITERATOR_AGE_MAX_MS, label: 'fan-out-behind' },
      },
      {
        title: 'Age of the oldest job',
        metrics: [
          ofQueue('oldest delivery', deliveryQueue, 'ApproximateAgeOfOldestMessage'),
          ofQueue('oldest flush', flushQueue, 'ApproximateAgeOfOldestMessage'),
        ],
        unit: 's',
        limit: { at: QUEUE_AGE_MAX_SECONDS, label: 'delivery-behind, flush-behind' },
      },
      {
        title: 'Delivery jobs',
        metrics: [
          ofQueue('waiting', deliveryQueue, 'ApproximateNumberOfMessagesVisible'),
          ofQueue('under way', deliveryQueue, 'ApproximateNumberOfMessagesNotVisible'),
        ],
        right: [
          ofFunction('deliver', functions.deliver, 'ConcurrentExecutions', Stats.MAXIMUM).with({
            label: 'environments of deliver',
          }),
        ],
      },
      {
        title: 'Once more',
        metrics: [
          own(config, 'deliver', 'requeued').with({ label: 'recipients requeued' }),
          own(config, 'deliver', 'failedJobs').with({ label: 'jobs failed' }),
          own(config, 'fanOut', 'failedRecords').with({ label: 'stream records failed' }),
          own(config, 'flush', 'failedJobs').with({ label: 'flushes failed' }),
          own(config, 'flush', 'unrecorded').with({ label: 'flushes not recorded' }),
          own(config, 'announce', 'failedRooms').with({ label: 'presence of rooms failed' }),
        ],
      },
    ],
  };
}
