import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { Pool } from 'undici';
import { encodeJob } from '../../shared/aws/delivery-job.ts';
import { type Handler, loadBuiltHandler, PATIENT_CONTEXT } from './built-handler.ts';
import {
  type Measurement,
  type MeasureOptions,
  measure,
  median,
  medianRatio,
  type Variant,
} from './harness.ts';
import type { BenchReport } from './report.ts';

const FOLDER = 'services/messages/3-deliver';
const CONCURRENCY = 50;
const JOBS = 10;
const RECIPIENTS_PER_JOB = 100;
const INVOCATIONS = 3;

/** What a role's session has: the token is long, and signed and sent with every post. */
const CREDENTIALS = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLEEXAMPLE12',
  AWS_SECRET_ACCESS_KEY: 'x'.repeat(40),
  AWS_SESSION_TOKEN: 't'.repeat(800),
};

/** CPU per recipient that `3-deliver` has posted a frame of 1.1 KB to, over loopback without TLS. */
export async function benchDeliver(options: MeasureOptions): Promise<BenchReport> {
  const gateway = fork(fileURLToPath(new URL('silent-gateway.ts', import.meta.url)));
  const [port] = await once(gateway, 'message');
  const origin = `http://127.0.0.1:${port}`;
  const pool = new Pool(origin, { connections: CONCURRENCY, pipelining: 1 });
  Object.assign(process.env, CREDENTIALS);
  const client = new ApiGatewayManagementApiClient({ endpoint: `${origin}/live` });
  const event = aBatch();
  try {
    return report(
      await measure(
        [
          handlerVariant('3-deliver', await loadHandler(origin, 'lean'), event),
          handlerVariant('3-deliver, poster=sdk', await loadHandler(origin, 'sdk'), event),
          sdkVariant(client, event),
          floorVariant(pool, event),
        ],
        options,
      ),
    );
  } finally {
    client.destroy();
    await pool.close();
    gateway.disconnect();
  }
}

function report(measurements: readonly Measurement[]): BenchReport {
  const [handler, , sdk, floor] = measurements as [
    Measurement,
    Measurement,
    Measurement,
    Measurement,
  ];
  return {
    title: `Delivery: CPU per recipient, ${INVOCATIONS * JOBS * RECIPIENTS_PER_JOB} of them a round`,
    rows: measurements.map(({ name, cpuUs, wallUs }) => ({
      variant: name,
      'CPU µs': median(cpuUs),
      lowest: Math.min(...cpuUs),
      highest: Math.max(...cpuUs),
      'wall µs': median(wallUs),
      '× SDK': medianRatio(cpuUs, sdk.cpuUs),
      '× floor': medianRatio(cpuUs, floor.cpuUs),
    })),
    targets: [
      { what: 'CPU × SDK', value: medianRatio(handler.cpuUs, sdk.cpuUs), max: 0.33 },
      { what: 'CPU × floor', value: medianRatio(handler.cpuUs, floor.cpuUs), max: 2.6 },
    ],
  };
}

function loadHandler(origin: string, poster: 'lean' | 'sdk') {
  return loadBuiltHandler<SQSEvent, SQSBatchResponse>(FOLDER, {
    ...CREDENTIALS,
    POSTER: poster,
    // More than it can use: what is measured is the work, not the waiting for a share.
    POSTS_PER_SECOND: '999999',
    MANAGEMENT_ENDPOINT: `${origin}/live`,
    CONNECTIONS_TABLE: 'connections',
    MEMBERSHIPS_TABLE: 'memberships',
    // Nobody listens there: nothing is left over, so that nothing goes back to the queue.
    DELIVERY_QUEUE_URL: 'http://127.0.0.1:1/queue',
    DELIVERY_DLQ_URL: 'http://127.0.0.1:1/dlq',
    POWERTOOLS_LOG_LEVEL: 'ERROR',
    POWERTOOLS_METRICS_NAMESPACE: 'Bench',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
}

function handlerVariant(
  name: string,
  handler: Handler<SQSEvent, SQSBatchResponse>,
  event: SQSEvent,
): Variant {
  return repeated(name, async () => {
    const { batchItemFailures } = await handler(event, PATIENT_CONTEXT);
    if (batchItemFailures.length > 0) throw new Error(`${name} failed for some of the jobs.`);
  });
}

/** What one writes first: all at once, and an SDK that waits for its fifty sockets. */
function sdkVariant(client: ApiGatewayManagementApiClient, event: SQSEvent): Variant {
  const posts = postsOf(event);
  return repeated('SDK client in a Promise.all', async () => {
    await Promise.all(
      posts.map(({ connectionId, frame }) =>
        client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: frame })),
      ),
    );
  });
}

/** No signature, no outcome, no job: what a post over a pool cannot go below. */
function floorVariant(pool: Pool, event: SQSEvent): Variant {
  const posts = postsOf(event);
  return repeated('bare undici loop, unsigned', async () => {
    let next = 0;
    const work = async () => {
      for (let post = posts[next++]; post !== undefined; post = posts[next++]) {
        const path = `/live/@connections/${encodeURIComponent(post.connectionId)}`;
        const { body } = await pool.request({ method: 'POST', path, body: post.frame });
        await body.dump();
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  });
}

function repeated(name: string, once: () => Promise<void>): Variant {
  return {
    name,
    async run() {
      for (let invocation = 0; invocation < INVOCATIONS; invocation += 1) await once();
      return INVOCATIONS * JOBS * RECIPIENTS_PER_JOB;
    },
  };
}

function aJob(index: number) {
  const messages = [{ seq: index + 1, userId: 'ann', text: 'x'.repeat(1_000) }];
  const frame = JSON.stringify({
    type: 'messages',
    roomId: `room-${index}`,
    messages,
    head: index,
  });
  return {
    roomId: `room-${index}`,
    frames: [frame],
    connectionIds: Array.from(
      { length: RECIPIENTS_PER_JOB },
      (_, recipient) => `${Buffer.from(`${index}-${recipient}-conn`).toString('base64url')}=`,
    ),
    hops: 0,
    oldestReceivedAt: Date.now(),
    fannedOutAt: Date.now(),
  };
}

function postsOf(event: SQSEvent): { connectionId: string; frame: string }[] {
  return event.Records.flatMap(({ body }) => {
    const { connectionIds, frames } = JSON.parse(body) as ReturnType<typeof aJob>;
    return connectionIds.map((connectionId) => ({ connectionId, frame: frames[0] ?? '' }));
  });
}

function aBatch(): SQSEvent {
  const Records = Array.from({ length: JOBS }, (_, index) => ({
    messageId: `message-${index}`,
    body: encodeJob(aJob(index)),
  }));
  return { Records: Records as unknown as SQSRecord[] };
}
