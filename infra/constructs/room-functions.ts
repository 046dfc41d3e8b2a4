import { Duration } from 'aws-cdk-lib';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { Tables } from '../data-stack.ts';
import { createChatFunction, type TableAction } from './chat-function.ts';

const ROUTE_TIMEOUT = Duration.seconds(5);

/** Reading a room's log includes sealing a hole in it, which is a conditional put. */
const READ_LOG: TableAction[] = ['Query', 'PutItem'];

/** Who is in a room, and what was said there. */
export class RoomFunctions extends Construct {
  readonly join: NodejsFunction;
  readonly leave: NodejsFunction;
  readonly resume: NodejsFunction;
  readonly history: NodejsFunction;
  readonly presence: NodejsFunction;

  constructor(scope: Construct, id: string, props: { config: Config; tables: Tables }) {
    super(scope, id);
    const { config, tables } = props;
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
        [tables.rooms, 'GetItem'],
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
  }
}
