/** The process of a local stack under load: ends when whoever started it has gone. */
import { emittedMetrics } from '../../support/emitted-metrics.ts';
import { type OwnStack, startOwnStack } from '../../support/local-stack.ts';
import { obeying } from '../../support/orders.ts';
import { createPostWatch, type PostWatch } from '../measure/post-watch.ts';
import type { StackFigures } from './load-stack.ts';
import type { StackOrders } from './stack-orders.ts';

/** As on AWS. */
const STREAM_POLL_MS = 250;

const figures: StackFigures = { postsByStatus: {}, coldStarts: 0 };
/** Of an account whose deliveries may take 8,000 posts a second. */
const QUOTA = { posts: 8_000, requestsPerSecond: 10_000, requestBurst: 5_000 };

let watch: PostWatch | undefined;
let starting: Promise<OwnStack> | undefined;

const stop = async () => {
  const stack = await starting?.catch(() => undefined);
  await stack?.stop();
};

process.on(
  'message',
  obeying<StackOrders>(
    {
      async start({ postsPerSecond }) {
        if (postsPerSecond !== undefined) watch = createPostWatch(postsPerSecond);
        starting = startOwnStack({
          streamPollMs: STREAM_POLL_MS,
          ...(postsPerSecond !== undefined && {
            context: { postsPerSecond },
            gatewayLimits: quotaFor(postsPerSecond),
          }),
          onPost({ status }) {
            watch?.seen(performance.now());
            figures.postsByStatus[status] = (figures.postsByStatus[status] ?? 0) + 1;
          },
          onLog(_, line) {
            if (line.includes('"coldStarts"')) figures.coldStarts += coldStartsIn(line);
          },
        });
        const { url } = await starting;
        return { url };
      },
      figures: async () => ({ ...figures, ...(watch && { pace: watch.pace() }) }),
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

/** The bucket of an account that is smaller, or larger, in the same proportion. */
const quotaFor = (postsPerSecond: number) => ({
  requestsPerSecond: (QUOTA.requestsPerSecond * postsPerSecond) / QUOTA.posts,
  requestBurst: (QUOTA.requestBurst * postsPerSecond) / QUOTA.posts,
});

const coldStartsIn = (line: string): number =>
  emittedMetrics([line]).filter(({ metricName }) => metricName === 'coldStarts').length;
