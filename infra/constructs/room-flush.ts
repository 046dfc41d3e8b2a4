import { Duration, Size } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { Tables } from '../data-stack.ts';
import { createChatFunction } from './chat-function.ts';

/**
 * A flush waits for its time, reads 500 messages at most, and enqueues; so does a part of a very large
 * room: seconds, even when all is slow.
 */
const FLUSH_TIMEOUT = Duration.seconds(15);

/** After that, others have flushed the room again and again. */
const FLUSH_RETENTION = Duration.hours(4);

/** Of the environments of deliver, those that one room may occupy, unless its share is more. */
const AT_ONCE_PERCENT = 50;

/** What a room of so many posts a second may have of them, as those who pace are told. */
export function pacingVariables({ postsPerSecond, roomSharePercent, windowMaxMs }: Config) {
  const part = (percent: number) =>
    String(Math.max(1, Math.floor((postsPerSecond * percent) / 100)));
  return {
    ROOM_POSTS_PER_SECOND: part(roomSharePercent),
    ROOM_POSTS_AT_ONCE: part(Math.max(roomSharePercent, AT_ONCE_PERCENT)),
    WINDOW_MAX_MS: String(windowMaxMs),
  };
}

/** Fans out hot rooms, once in a window: flush queue → flush → delivery queue. */
export class RoomFlush extends Construct {
  readonly flush: NodejsFunction;
  readonly queue: Queue;
  readonly dlq: Queue;

  constructor(
    scope: Construct,
    id: string,
    props: { config: Config; tables: Tables; deliveryQueue: Queue; deadLetterRetention: Duration },
  ) {
    super(scope, id);
    const { config, tables, deliveryQueue } = props;
    this.dlq = new Queue(this, 'Dlq', {
      retentionPeriod: props.deadLetterRetention,
      maxMessageSizeBytes: Size.mebibytes(1).toBytes(),
      enforceSSL: true,
    });
    this.queue = new Queue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(6 * FLUSH_TIMEOUT.toSeconds()),
      retentionPeriod: FLUSH_RETENTION,
      maxMessageSizeBytes: Size.mebibytes(1).toBytes(),
      enforceSSL: true,
      deadLetterQueue: { queue: this.dlq, maxReceiveCount: 5 },
    });
    this.flush = createChatFunction(this, 'Function', {
      config,
      name: 'flush',
      entry: 'services/messages/flush/lambda.ts',
      description: 'fans out what has gathered in a hot room',
      timeout: FLUSH_TIMEOUT,
      // As fan-out, whose work it does.
      memoryMb: 512,
      environment: {
        ROOMS_TABLE: tables.rooms.tableName,
        MESSAGES_TABLE: tables.messages.tableName,
        MEMBERSHIPS_TABLE: tables.memberships.tableName,
        RETENTION_DAYS: String(config.retentionDays),
        ...pacingVariables(config),
        DELIVERY_QUEUE_URL: deliveryQueue.queueUrl,
        FLUSH_QUEUE_URL: this.queue.queueUrl,
        FLUSH_DLQ_URL: this.dlq.queueUrl,
        TRAVEL_TIMES: config.travelTimes ? 'on' : 'off',
      },
      tables: [
        [tables.rooms, 'GetItem', 'UpdateItem'],
        // Whoever reads a log seals the holes in it.
        [tables.messages, 'Query', 'PutItem'],
        [tables.memberships, 'Query'],
      ],
      // Its own queue takes what is left for later, its DLQ the jobs that make no sense.
      sendsTo: [deliveryQueue, this.queue, this.dlq],
    });
    this.flush.addEventSource(
      new SqsEventSource(this.queue, {
        // Parts of 20,000 members each, so that one invocation ends in seconds.
        batchSize: 5,
        maxBatchingWindow: Duration.seconds(0),
        reportBatchItemFailures: true,
      }),
    );
  }
}
