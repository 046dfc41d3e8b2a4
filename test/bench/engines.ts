import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENGINE_CREDENTIALS } from '../../local/engines/credentials.ts';
import type { StoreNames, TemplateStores } from '../support/template-stores.ts';

/** The engines in another process, so that the CPU measured here is that of the functions alone. */
export interface BenchEngines {
  names: StoreNames;
  /** Tables, queues and mappings of the template. */
  model: TemplateStores['model'];
  /** The engine's own stream ARN of each table that has a stream, by table id. */
  streamArns: Record<string, string>;
  dynamoDbEndpoint: string;
  sqsEndpoint: string;
  /** For what a benchmark prepares or compares with. */
  client: DynamoDBDocumentClient;
  /** What a function finds in its environment. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

type Started = Pick<
  BenchEngines,
  'names' | 'model' | 'streamArns' | 'dynamoDbEndpoint' | 'sqsEndpoint'
>;

export async function startBenchEngines(): Promise<BenchEngines> {
  const child = fork(fileURLToPath(new URL('engines-process.ts', import.meta.url)));
  const exited = once(child, 'exit');
  const started = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  if (started === undefined) throw new Error('The engines did not start.');
  const stores = started[0] as Started;
  const { names, dynamoDbEndpoint, sqsEndpoint } = stores;
  const region = 'us-east-1';
  const base = new DynamoDBClient({
    endpoint: dynamoDbEndpoint,
    region,
    credentials: ENGINE_CREDENTIALS,
  });
  return {
    ...stores,
    client: DynamoDBDocumentClient.from(base),
    environment: {
      ...names,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: ENGINE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ENGINE_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
      AWS_ENDPOINT_URL_SQS: sqsEndpoint,
      RETENTION_DAYS: '30',
      // No room is paced, unless a benchmark is about that.
      ROOM_POSTS_PER_SECOND: '999999',
      ROOM_POSTS_AT_ONCE: '999999',
      WINDOW_MAX_MS: '2000',
      POWERTOOLS_LOG_LEVEL: 'ERROR',
      POWERTOOLS_METRICS_NAMESPACE: 'Bench',
      POWERTOOLS_METRICS_DISABLED: 'true',
    },
    async stop() {
      base.destroy();
      child.disconnect();
      await exited;
    },
  };
}
