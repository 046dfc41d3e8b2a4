import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../clock.ts';
import { ENGINE_CREDENTIALS, ENGINE_SQS_REGION } from '../engines/credentials.ts';
import { createS3Client } from '../engines/provision-buckets.ts';
import type { StartedEngines } from '../engines/start-engines.ts';
import { createTtlDeletions } from '../engines/ttl-deletions.ts';
import { createTtlSweeper } from '../engines/ttl-sweeper.ts';
import type { Invoke } from '../lambda/invocation.ts';
import { optional } from '../optional.ts';
import type { StackModel } from '../template/model.ts';
import type { Trace } from '../trace.ts';
import { createFileCheckpointStore } from './checkpoint-store.ts';
import { type RunningMappings, startMappings } from './start-mappings.ts';
import type { StreamObserver } from './stream-mapping.ts';

export interface StartEventsOptions {
  model: StackModel;
  dataDir: string;
  engines: Pick<StartedEngines, 'dynamoDb' | 'sqs'>;
  /** The engine's own stream ARN of each table that has a stream, by table id. */
  streamArns: Record<string, string>;
  /** Concurrent batches of a queue mapping at most, whatever the template allows. */
  concurrencyCap: number;
  invoke: Invoke;
  clock: Clock;
  trace: Trace;
  observer: StreamObserver;
  onProblem: (problem: string) => void;
  streamPollMs: number | undefined;
  /** How long a stop waits for batches that are under way. */
  stopGraceMs: number;
}

/** What happens by itself: streams and queues invoke functions, and rows expire. */
export async function startEvents(
  { streamPollMs, stopGraceMs, ...options }: StartEventsOptions,
  cleanUps: (() => Promise<void> | void)[],
): Promise<RunningMappings> {
  const { model, dataDir, engines, clock, onProblem } = options;
  const { dynamoDb, sqs } = engines;
  const engine = { region: model.region, credentials: ENGINE_CREDENTIALS };
  const sqsRegion = { ...engine, region: ENGINE_SQS_REGION };
  const deletions = createTtlDeletions();
  const checkpoints = await createFileCheckpointStore(join(dataDir, 'checkpoints.json'), {
    onProblem,
  });
  cleanUps.push(() => checkpoints.flush());

  const mappings = await startMappings({
    ...options,
    streams: new DynamoDBStreamsClient({ ...engine, endpoint: dynamoDb.endpoint }),
    sqs: new SQSClient({ ...sqsRegion, endpoint: sqs.endpoint }),
    queueUrl: sqs.queueUrl,
    s3: createS3Client(sqs.endpoint),
    isExpiry: deletions.claim,
    checkpoints,
    ...optional('streamPollMs', streamPollMs),
  });
  const sweeper = createTtlSweeper({
    tables: model.tables,
    client: new DynamoDBClient({ ...engine, endpoint: dynamoDb.endpoint }),
    clock,
    deletions,
    onProblem,
  });
  sweeper.start();
  cleanUps.push(async () => {
    const stopped = Promise.all([mappings.stop(), sweeper.stop()]);
    await Promise.race([stopped, new Promise<void>((done) => clock.after(stopGraceMs, done))]);
  });
  return mappings;
}
