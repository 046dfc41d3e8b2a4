import type { AttributeValue, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../clock.ts';
import type { Invoke } from '../lambda/invocation.ts';
import type { QueueModel, StackModel } from '../template/model.ts';
import type { Trace } from '../trace.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { createDynamoDbStreamSource } from './dynamodb-stream-source.ts';
import { createOnFailure } from './on-failure.ts';
import { createQueueMapping } from './queue-mapping.ts';
import { createSqsSource } from './sqs-source.ts';
import { createStreamMapping, type StreamObserver } from './stream-mapping.ts';

export interface StartMappingsOptions {
  model: Pick<
    StackModel,
    'region' | 'accountId' | 'queues' | 'buckets' | 'streamMappings' | 'queueMappings'
  >;
  streams: DynamoDBStreamsClient;
  /** The engine's own stream ARN of each table that has a stream, by table id. */
  streamArns: Record<string, string>;
  sqs: SQSClient;
  queueUrl: (queueName: string) => string;
  s3: S3Client;
  isExpiry: (tableName: string, key: Record<string, AttributeValue>) => boolean;
  checkpoints: CheckpointStore;
  /** Concurrent batches of a queue mapping at most, whatever the template allows. */
  concurrencyCap: number;
  invoke: Invoke;
  clock: Clock;
  trace: Trace;
  onProblem: (problem: string) => void;
  streamPollMs?: number;
  observer?: StreamObserver;
}

export interface RunningMappings {
  /** Resolves when all that was in streams and queues at the call has been dealt with. */
  idle(): Promise<void>;
  /**
   * Fault knob: notes where all streams are now. The function that is returned hands everything
   * since then over again.
   */
  markStreams(): () => void;
  stop(): Promise<void>;
}

/** Starts every event source mapping of the template. */
export async function startMappings(options: StartMappingsOptions): Promise<RunningMappings> {
  const { model, sqs, queueUrl, invoke, clock, trace, onProblem } = options;
  const { region, accountId } = model;
  const common = { invoke, clock, trace, onProblem };

  const queueOf = (queueId: string): QueueModel => {
    const queue = model.queues.find(({ id }) => id === queueId);
    if (queue === undefined) throw new Error(`The template has no queue ${queueId}.`);
    return queue;
  };
  const onFailure = createOnFailure(options);

  const streamMappings = await Promise.all(
    model.streamMappings.map(async (mapping) => {
      const engineStreamArn = options.streamArns[mapping.tableId];
      if (engineStreamArn === undefined) throw new Error(`Table ${mapping.tableId} has no stream.`);
      const { streams: client, isExpiry, checkpoints, streamPollMs, observer } = options;
      return createStreamMapping({
        ...common,
        mapping,
        source: await createDynamoDbStreamSource({
          client,
          engineStreamArn,
          region,
          accountId,
          isExpiry,
        }),
        checkpoints,
        onFailure,
        ...(streamPollMs === undefined ? {} : { pollIntervalMs: streamPollMs }),
        ...(observer === undefined ? {} : { observer }),
      });
    }),
  );
  const queueMappings = model.queueMappings.map((mapping) => {
    const { queueName, attributes } = queueOf(mapping.queueId);
    const visibilitySeconds = attributes.VisibilityTimeout;
    return createQueueMapping({
      ...common,
      mapping,
      concurrencyCap: options.concurrencyCap,
      queue: createSqsSource({
        client: sqs,
        queueUrl: queueUrl(queueName),
        queueArn: `arn:aws:sqs:${region}:${accountId}:${queueName}`,
        region,
        ...(visibilitySeconds === undefined
          ? {}
          : { visibilityTimeoutMs: Number(visibilitySeconds) * 1_000 }),
      }),
    });
  });

  const all = [...streamMappings, ...queueMappings];
  for (const mapping of all) mapping.start();
  return {
    // Streams first: what they hold becomes work for the queues.
    idle: async () => {
      for (const mapping of all) await mapping.idle();
    },
    markStreams() {
      const marks = streamMappings.map((mapping) => ({ mapping, mark: mapping.mark() }));
      return () => {
        for (const { mapping, mark } of marks) mapping.rewind(mark);
      };
    },
    stop: async () => {
      await Promise.all(all.map((mapping) => mapping.stop()));
    },
  };
}
