import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Section } from './dashboard-section.ts';
import { own } from './metrics.ts';
import type { Watched } from './watched.ts';

/** A window may overshoot while messages that were accepted before are worked off. */
export function pacingSection({ config }: Watched): Section {
  const flush = (name: Parameters<typeof own<'flush'>>[2], label: string) =>
    own(config, 'flush', name).with({ label });
  return {
    title: 'Which rooms are paced?',
    normal: `None, on a quiet day. A room that would post more than ${config.roomSharePercent} % of the share of the quota gathers its messages, for ${config.windowMaxMs / 1_000} s at most, and sends them together: flushes rise, and posts do not. When even that does not suffice, its senders are told to wait (slow mode), and the window shown is longer than that.`,
    graphs: [
      {
        title: 'Flushes',
        metrics: [
          own(config, 'flush', 'flushes'),
          own(config, 'fanOut', 'scheduled').with({ label: 'scheduled by fan-out' }),
          flush('covered', 'left to another flush'),
          flush('parts', 'parts of very large rooms'),
        ],
        unit: 'a minute',
      },
      {
        title: 'How long messages gather',
        metrics: [
          own(config, 'flush', 'window', Stats.AVERAGE).with({ label: 'window, average' }),
          own(config, 'flush', 'window', Stats.MAXIMUM).with({ label: 'window, maximum' }),
          own(config, 'flush', 'oldestWait', Stats.p(50)).with({ label: 'oldest message, p50' }),
          own(config, 'flush', 'oldestWait', Stats.p(99)).with({ label: 'oldest message, p99' }),
        ],
        unit: 'ms',
        limit: { at: config.windowMaxMs, label: 'beyond: slow mode' },
      },
      {
        title: 'Messages of hot rooms',
        metrics: [
          flush('messages', 'enqueued by flushes'),
          own(config, 'fanOut', 'left').with({ label: 'left to a flush' }),
          own(config, 'fanOut', 'flushed').with({ label: 'flushed before they came' }),
        ],
        unit: 'a minute',
      },
    ],
  };
}
