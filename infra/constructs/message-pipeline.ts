import { Duration, Size, Stack, Validations } from 'aws-cdk-lib';
import { CfnApi, type WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  type EventSourceMapping,
  FilterCriteria,
  FilterRule,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { Tables } from '../data-stack.ts';
import { createChatFunction } from './chat-function.ts';
import { GivenUpBatches } from './given-up-batches.ts';
import { pacingVariables, RoomFlush } from './room-flush.ts';
import { streamOf } from './stream-of.ts';

/**
 * Short, because a sender that died between its number and its message leaves a hole that readers
 * may seal only once no sender can still be running.
 */
const SEND_TIMEOUT = Duration.seconds(3);

const DELIVER_TIMEOUT = Duration.seconds(30);

/**
 * What one environment of deliver posts with ease: a tenth of a millisecond of a full core each, and
 * 512 MB is 0.29 of one. So dividing the stack's share by the number of environments takes nothing
 * from any of them.
 */
const POSTS_PER_ENVIRONMENT = 1_000;

/**
 * A record of the stream that could not be fanned out for an hour is set aside, so that it does not
 * hold up what was said since: clients have long pulled it by resume, and it can be fanned out again
 * for those that have not.
 */
const FAN_OUT_MAX_RECORD_AGE = Duration.hours(1);

/** A connection lives two hours at most, so an older delivery has nobody left to reach. */
const DELIVERY_RETENTION = Duration.hours(4);

/** The longest that SQS keeps anything; batches that were given up are kept as long. */
const DEAD_LETTER_RETENTION = Duration.days(14);

/**
 * One message, from its sender to every member of its room: send → stream → fan-out → queue → deliver.
 * In a hot room it waits for a flush, which comes before the queue.
 */
export class MessagePipeline extends Construct {
  readonly send: NodejsFunction;
  readonly fanOut: NodejsFunction;
  /** What fan-out leaves of hot rooms. */
  readonly roomFlush: RoomFlush;
  readonly deliver: NodejsFunction;
  readonly messagesStream: EventSourceMapping;
  readonly deliveryQueue: Queue;
  /** Stream records that cannot be read, one letter each. */
  readonly fanOutDlq: Queue;
  /** Stream records that could be read and not be fanned out, by the batch. */
  readonly givenUpBatches: GivenUpBatches;
  readonly deliveryDlq: Queue;
  /** What one environment of deliver may post a second. */
  readonly postsPerEnvironment: number;

  constructor(
    scope: Construct,
    id: string,
    props: { config: Config; tables: Tables; webSocketStage: WebSocketStage },
  ) {
    super(scope, id);
    const { config, tables, webSocketStage } = props;
    const travelTimes = config.travelTimes ? 'on' : 'off';

    // 1. A message is numbered, stored and acknowledged.
    this.send = createChatFunction(this, 'Send', {
      config,
      name: 'send',
      entry: 'services/messages/1-send/lambda.ts',
      description: 'send, over the socket and over HTTP: numbers and stores a message',
      timeout: SEND_TIMEOUT,
      environment: {
        ROOMS_TABLE: tables.rooms.tableName,
        MESSAGES_TABLE: tables.messages.tableName,
        MEMBERSHIPS_TABLE: tables.memberships.tableName,
        RECEIPTS_TABLE: tables.receipts.tableName,
        RETENTION_DAYS: String(config.retentionDays),
        WINDOW_MAX_MS: String(config.windowMaxMs),
      },
      tables: [
        [tables.rooms, 'UpdateItem'],
        [tables.receipts, 'GetItem', 'PutItem'],
        // A number that is given up is sealed at once, which may find that somebody else has.
        [tables.messages, 'GetItem', 'PutItem', 'Query'],
        [tables.memberships, 'BatchGetItem'],
      ],
    });

    // 2. Its record in the stream becomes jobs for the room's members.
    this.fanOutDlq = new Queue(this, 'FanOutDlq', {
      retentionPeriod: DEAD_LETTER_RETENTION,
      maxMessageSizeBytes: Size.mebibytes(1).toBytes(),
      enforceSSL: true,
      redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
    });
    this.givenUpBatches = new GivenUpBatches(this, 'GivenUpBatches', {
      config,
      keptFor: DEAD_LETTER_RETENTION,
    });
    this.deliveryDlq = new Queue(this, 'DeliveryDlq', {
      retentionPeriod: DEAD_LETTER_RETENTION,
      maxMessageSizeBytes: Size.mebibytes(1).toBytes(),
      enforceSSL: true,
    });
    this.deliveryQueue = new Queue(this, 'DeliveryQueue', {
      visibilityTimeout: Duration.seconds(6 * DELIVER_TIMEOUT.toSeconds()),
      retentionPeriod: DELIVERY_RETENTION,
      maxMessageSizeBytes: Size.mebibytes(1).toBytes(),
      enforceSSL: true,
      deadLetterQueue: { queue: this.deliveryDlq, maxReceiveCount: 5 },
    });
    this.roomFlush = new RoomFlush(this, 'Flush', {
      config,
      tables,
      deliveryQueue: this.deliveryQueue,
      deadLetterRetention: DEAD_LETTER_RETENTION,
    });
    this.fanOut = createChatFunction(this, 'FanOut', {
      config,
      name: 'fanOut',
      entry: 'services/messages/2-fan-out/lambda.ts',
      description: 'cuts new messages and the members of their room into delivery jobs',
      timeout: Duration.seconds(30),
      // Members are CPU, 4 µs each, and everybody waits for it; the memory for 100,000 is 210 MB.
      memoryMb: 512,
      environment: {
        ROOMS_TABLE: tables.rooms.tableName,
        MEMBERSHIPS_TABLE: tables.memberships.tableName,
        ...pacingVariables(config),
        DELIVERY_QUEUE_URL: this.deliveryQueue.queueUrl,
        FLUSH_QUEUE_URL: this.roomFlush.queue.queueUrl,
        FAN_OUT_DLQ_URL: this.fanOutDlq.queueUrl,
        TRAVEL_TIMES: travelTimes,
      },
      tables: [
        // Written only where a room is paced.
        [tables.rooms, 'BatchGetItem', 'UpdateItem'],
        [tables.memberships, 'Query'],
      ],
      sendsTo: [this.deliveryQueue, this.roomFlush.queue, this.fanOutDlq],
    });
    tables.messages.grantStreamRead(this.fanOut);
    this.messagesStream = this.fanOut.addEventSourceMapping('MessagesStream', {
      eventSourceArn: streamOf(tables.messages),
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { NewImage: { kind: { S: FilterRule.or('message', 'void') } } },
        }),
      ],
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(0),
      // More than one would keep the order of an item only, not that of a room.
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // Outages pass within the record age. What fails for another reason, one room's bug, blocks its
      // shard until the attempts are used up, while bisecting narrows the batch down to it.
      retryAttempts: 15,
      maxRecordAge: FAN_OUT_MAX_RECORD_AGE,
      onFailure: this.givenUpBatches,
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });

    // 3. Each job is posted to its connections.
    const delivery = divide(config.postsPerSecond);
    this.postsPerEnvironment = delivery.postsPerEnvironment;
    this.deliver = createChatFunction(this, 'Deliver', {
      config,
      name: 'deliver',
      entry: 'services/messages/3-deliver/lambda.ts',
      description: 'posts frames to connections and removes the gone ones',
      timeout: DELIVER_TIMEOUT,
      // 0.29 of a core, of which POSTS_PER_ENVIRONMENT posts take a third.
      memoryMb: 512,
      environment: {
        CONNECTIONS_TABLE: tables.connections.tableName,
        MEMBERSHIPS_TABLE: tables.memberships.tableName,
        MANAGEMENT_ENDPOINT: webSocketStage.callbackUrl,
        POSTS_PER_SECOND: String(delivery.postsPerEnvironment),
        POSTER: config.poster,
        DELIVERY_QUEUE_URL: this.deliveryQueue.queueUrl,
        DELIVERY_DLQ_URL: this.deliveryDlq.queueUrl,
        TRAVEL_TIMES: travelTimes,
      },
      tables: [
        [tables.connections, 'BatchGetItem', 'BatchWriteItem'],
        [tables.memberships, 'Query', 'BatchWriteItem'],
      ],
      // Its own queue takes the recipients that are left over, its DLQ the jobs that make no sense.
      sendsTo: [this.deliveryQueue, this.deliveryDlq],
    });
    allowConnections(this.deliver, webSocketStage);
    this.deliver.addEventSource(
      new SqsEventSource(this.deliveryQueue, {
        batchSize: 10,
        maxBatchingWindow: Duration.seconds(0),
        reportBatchItemFailures: true,
        maxConcurrency: delivery.environments,
      }),
    );

    Validations.of(this.fanOutDlq).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself: fan-out writes the poison records there.',
    });
  }
}

/**
 * Shares what the stack may post among the environments of deliver, so that all of them together keep
 * to it without knowing of each other. SQS allows 2 to 1,000 at once.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
function divide(postsPerSecond: number): { environments: number; postsPerEnvironment: number } {
  const wanted = Math.ceil(postsPerSecond / POSTS_PER_ENVIRONMENT);
  const environments = Math.min(1_000, Math.max(2, wanted));
  return { environments, postsPerEnvironment: Math.floor(postsPerSecond / environments) };
}

/** Posting to the connections of this stage, and closing those that take nothing. */
function allowConnections(fn: NodejsFunction, stage: WebSocketStage): void {
  const { role } = fn;
  const api = stage.api.node.defaultChild;
  if (role === undefined) throw new Error(`${fn.node.path} has no role: give it one.`);
  if (!(api instanceof CfnApi)) throw new Error(`${stage.node.path} belongs to an imported API.`);

  const stack = Stack.of(stage);
  const arn = `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${stack.getLogicalId(api)}>`;
  for (const method of ['POST', 'DELETE']) {
    const connections = `${stage.stageName}/${method}/@connections/*`;
    const resource = { service: 'execute-api', resource: api.ref, resourceName: connections };
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['execute-api:ManageConnections'],
        resources: [stack.formatArn(resource)],
      }),
    );
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arn}/${connections}]`,
      reason: 'A job may name any connection of the stage; their ids are not known beforehand.',
    });
  }
}
