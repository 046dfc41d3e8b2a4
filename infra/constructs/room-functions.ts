import { Duration } from 'aws-cdk-lib';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { Tables } from '../data-stack.ts';
import { createChatFunction, type TableAction } from './chat-function.ts';
import { streamOf } from './stream-of.ts';

const ROUTE_TIMEOUT = Duration.seconds(5);

/** Reading a room's log includes sealing a hole in it, which is a conditional put. */
const READ_LOG: TableAction[] = ['Query', 'PutItem'];

/** What happens in a room within this time is announced together, once per member. */
const ANNOUNCE_WINDOW = Duration.seconds(1);

/**
 * A full batch does not wait for its window. With a hundred, a thousand reconnects a second would
 * close ten batches in that second, and every room in them would be told ten times.
 */
const ANNOUNCE_BATCH_SIZE = 1_000;

/** Who is in a room, and what was said there. */
export class RoomFunctions extends Construct {
  readonly join: NodejsFunction;
  readonly leave: NodejsFunction;
  readonly resume: NodejsFunction;
  readonly history: NodejsFunction;
  readonly presence: NodejsFunction;
  readonly typing: NodejsFunction;
  readonly announce: NodejsFunction;

  constructor(
    scope: Construct,
    id: string,
    props: { config: Config; tables: Tables; deliveryQueue: Queue },
  ) {
    super(scope, id);
    const { config, tables, deliveryQueue } = props;
    const logReader = {
      ROOMS_TABLE: tables.rooms.tableName,
      MESSAGES_TABLE: tables.messages.tableName,
      MEMBERSHIPS_TABLE: tables.memberships.tableName,
      RETENTION_DAYS: String(config.retentionDays),
    };

    this.join = createChatFunction(this, 'Join', {
      config,
      name: 'join',
      entry: 'services/rooms/join/lambda.ts',
      description: 'join: adds a member, answers with head and first page',
      timeout: ROUTE_TIMEOUT,
      environment: logReader,
      tables: [
        [tables.memberships, 'PutItem', 'Query'],
        // A room that becomes too full for its shards is given more.
        [tables.rooms, 'GetItem', 'UpdateItem'],
        [tables.messages, ...READ_LOG],
      ],
    });

    this.leave = createChatFunction(this, 'Leave', {
      config,
      name: 'leave',
      entry: 'services/rooms/leave/lambda.ts',
      description: 'leave: removes a member',
      timeout: ROUTE_TIMEOUT,
      environment: { MEMBERSHIPS_TABLE: tables.memberships.tableName },
      tables: [[tables.memberships, 'BatchGetItem', 'DeleteItem']],
    });

    this.resume = createChatFunction(this, 'Resume', {
      config,
      name: 'resume',
      entry: 'services/rooms/resume/lambda.ts',
      description: 'resume: what a client missed in all of its rooms',
      timeout: ROUTE_TIMEOUT,
      environment: logReader,
      tables: [
        [tables.memberships, 'PutItem'],
        [tables.rooms, 'BatchGetItem'],
        [tables.messages, ...READ_LOG],
      ],
    });

    this.history = createChatFunction(this, 'History', {
      config,
      name: 'history',
      entry: 'services/rooms/history/lambda.ts',
      description: 'history, over the socket and over HTTP',
      timeout: ROUTE_TIMEOUT,
      environment: logReader,
      tables: [
        [tables.memberships, 'BatchGetItem'],
        [tables.rooms, 'GetItem'],
        [tables.messages, ...READ_LOG],
      ],
    });

    this.presence = createChatFunction(this, 'Presence', {
      config,
      name: 'presence',
      entry: 'services/rooms/presence/lambda.ts',
      description: 'presence, over the socket and over HTTP',
      timeout: ROUTE_TIMEOUT,
      environment: {
        ROOMS_TABLE: tables.rooms.tableName,
        MEMBERSHIPS_TABLE: tables.memberships.tableName,
      },
      tables: [
        [tables.memberships, 'BatchGetItem', 'Query'],
        [tables.rooms, 'GetItem'],
      ],
    });

    const teller = {
      ROOMS_TABLE: tables.rooms.tableName,
      MEMBERSHIPS_TABLE: tables.memberships.tableName,
      DELIVERY_QUEUE_URL: deliveryQueue.queueUrl,
    };

    this.typing = createChatFunction(this, 'Typing', {
      config,
      name: 'typing',
      entry: 'services/rooms/typing/lambda.ts',
      description: 'typing: tells the others in a small room',
      timeout: ROUTE_TIMEOUT,
      environment: teller,
      tables: [
        [tables.memberships, 'BatchGetItem', 'Query'],
        [tables.rooms, 'GetItem'],
      ],
      sendsTo: [deliveryQueue],
    });

    this.announce = createChatFunction(this, 'Announce', {
      config,
      name: 'announce',
      entry: 'services/rooms/announce/lambda.ts',
      description: 'tells the members of small rooms who came and who went',
      timeout: Duration.seconds(30),
      environment: teller,
      tables: [
        [tables.memberships, 'Query'],
        [tables.rooms, 'BatchGetItem'],
      ],
      sendsTo: [deliveryQueue],
    });
    tables.memberships.grantStreamRead(this.announce);
    this.announce.addEventSourceMapping('MembershipsStream', {
      eventSourceArn: streamOf(tables.memberships),
      startingPosition: StartingPosition.TRIM_HORIZON,
      // The room's side only; joining again is a MODIFY and changes nothing.
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.or('INSERT', 'REMOVE'),
          dynamodb: { Keys: { partition: { S: FilterRule.beginsWith('room#') } } },
        }),
      ],
      batchSize: ANNOUNCE_BATCH_SIZE,
      maxBatchingWindow: ANNOUNCE_WINDOW,
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // No onFailure: a change that could not be announced within a minute is worth nothing to
      // anybody, and there is nothing to redrive it for.
      retryAttempts: 2,
      maxRecordAge: Duration.minutes(1),
    });
  }
}
