import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Section } from './dashboard-section.ts';
import { math, own, total } from './metrics.ts';
import type { Watched } from './watched.ts';

export function trafficSection({ config }: Watched): Section {
  const messages = own(config, 'fanOut', 'messages');
  return {
    title: 'What does it carry?',
    normal:
      'What is owed (messages times members) and what is delivered rise and fall together; deliveries are fewer where several messages travel in one frame, which is what keeps a hot room affordable. In a quiet room a frame holds one message. Jobs are taken as fast as they are enqueued.',
    graphs: [
      {
        title: 'Messages',
        metrics: [messages, own(config, 'send', 'duplicates').with({ label: 'sent again' })],
        unit: 'a minute',
      },
      {
        title: 'Deliveries',
        metrics: [
          total('owed', [
            own(config, 'fanOut', 'owed').with({ label: 'fanOut' }),
            own(config, 'flush', 'owed').with({ label: 'flush' }),
          ]),
          own(config, 'deliver', 'deliveries'),
          own(config, 'announce', 'pushes').with({ label: 'presence pushes' }),
        ],
        unit: 'a minute',
      },
      {
        title: 'Frames per message',
        metrics: [
          math('frames per message', 'frames / messages', {
            messages,
            frames: total('frames', [
              own(config, 'fanOut', 'frames').with({ label: 'fanOut' }),
              own(config, 'flush', 'frames').with({ label: 'flush' }),
            ]),
          }),
        ],
      },
      {
        title: 'Members per fan-out',
        metrics: [
          own(config, 'fanOut', 'members', Stats.AVERAGE).with({ label: 'average' }),
          own(config, 'fanOut', 'members', Stats.MAXIMUM).with({ label: 'maximum' }),
          own(config, 'flush', 'members', Stats.MAXIMUM).with({ label: 'maximum of a flush' }),
        ],
      },
      {
        title: 'Delivery jobs',
        metrics: [
          own(config, 'fanOut', 'jobs').with({ label: 'enqueued by fan-out' }),
          own(config, 'flush', 'jobs').with({ label: 'enqueued by flushes' }),
          own(config, 'deliver', 'jobs').with({ label: 'taken by deliver' }),
        ],
        unit: 'a minute',
      },
    ],
  };
}
