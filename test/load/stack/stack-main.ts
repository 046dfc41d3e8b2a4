/** The process of a local stack under load: ends when whoever started it has gone. */
import { emittedMetrics } from '../../support/emitted-metrics.ts';
import { type OwnStack, startOwnStack } from '../../support/local-stack.ts';
import { obeying } from '../../support/orders.ts';
import type { StackFigures } from './load-stack.ts';
import type { StackOrders } from './stack-orders.ts';

/** As on AWS. */
const STREAM_POLL_MS = 250;

const figures: StackFigures = { postsByStatus: {}, coldStarts: 0 };
let starting: Promise<OwnStack> | undefined;

const stop = async () => {
  const stack = await starting?.catch(() => undefined);
  await stack?.stop();
};

process.on(
  'message',
  obeying<StackOrders>(
    {
      async start() {
        starting = startOwnStack({
          streamPollMs: STREAM_POLL_MS,
          onPost({ status }) {
            figures.postsByStatus[status] = (figures.postsByStatus[status] ?? 0) + 1;
          },
          onLog(_, line) {
            if (line.includes('"coldStarts"')) figures.coldStarts += coldStartsIn(line);
          },
        });
        const { url } = await starting;
        return { url };
      },
      figures: async () => figures,
      async stop() {
        await stop();
        return undefined;
      },
    },
    // Whoever asked may have gone, which ends this process too.
    (reply) => process.connected && process.send?.(reply),
  ),
);
process.on('disconnect', () => void stop().finally(() => process.exit()));

const coldStartsIn = (line: string): number =>
  emittedMetrics([line]).filter(({ metricName }) => metricName === 'coldStarts').length;
