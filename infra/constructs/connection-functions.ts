import { Duration } from 'aws-cdk-lib';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvironmentOf } from '../../services/env.ts';
import type { Config } from '../config.ts';
import type { Tables } from '../data-stack.ts';
import { createChatFunction } from './chat-function.ts';

const ROUTE_TIMEOUT = Duration.seconds(5);

/** Short of the 350 s after which networks forget a silent connection, such as that of the operator's call. */
const DRAIN_TIMEOUT = Duration.minutes(5);

/** The life of a connection: who is it, it is there, it lives, it says something odd, it is gone. */
export class ConnectionFunctions extends Construct {
  readonly authorize: NodejsFunction;
  readonly connect: NodejsFunction;
  readonly ping: NodejsFunction;
  readonly default: NodejsFunction;
  readonly disconnect: NodejsFunction;
  readonly drain: NodejsFunction;

  constructor(
    scope: Construct,
    id: string,
    props: { config: Config; tables: Tables; deliveryQueue: Queue },
  ) {
    super(scope, id);
    const { config, tables, deliveryQueue } = props;

    this.authorize = createChatFunction(this, 'Authorize', {
      config,
      name: 'authorize',
      entry: 'services/connections/authorize/lambda.ts',
      description: 'tells who is connecting or calling',
      timeout: ROUTE_TIMEOUT,
      environment: identityEnvironment(config.identity),
    });

    this.connect = createChatFunction(this, 'Connect', {
      config,
      name: 'connect',
      entry: 'services/connections/connect/lambda.ts',
      description: '$connect',
      timeout: ROUTE_TIMEOUT,
      environment: {
        CONNECTIONS_TABLE: tables.connections.tableName,
        MEMBERSHIPS_TABLE: tables.memberships.tableName,
        ROOMS_TABLE: tables.rooms.tableName,
      },
      tables: [
        [tables.connections, 'PutItem'],
        [tables.memberships, 'PutItem'],
        [tables.rooms, 'GetItem'],
      ],
    });

    this.ping = createChatFunction(this, 'Ping', {
      config,
      name: 'ping',
      entry: 'services/connections/ping/lambda.ts',
      description: 'ping: the heads of the rooms a client is in',
      timeout: ROUTE_TIMEOUT,
      environment: {
        ROOMS_TABLE: tables.rooms.tableName,
        MEMBERSHIPS_TABLE: tables.memberships.tableName,
      },
      tables: [
        [tables.rooms, 'BatchGetItem'],
        [tables.memberships, 'BatchGetItem'],
      ],
    });

    // The id "Default" would vanish from the name of the function.
    this.default = createChatFunction(this, 'DefaultRoute', {
      config,
      name: 'default',
      entry: 'services/connections/default/lambda.ts',
      description: '$default: answers what no route understands',
      timeout: ROUTE_TIMEOUT,
      environment: {},
    });

    this.disconnect = createChatFunction(this, 'Disconnect', {
      config,
      name: 'disconnect',
      entry: 'services/connections/disconnect/lambda.ts',
      description: '$disconnect: removes a connection and its memberships',
      timeout: ROUTE_TIMEOUT,
      environment: {
        CONNECTIONS_TABLE: tables.connections.tableName,
        MEMBERSHIPS_TABLE: tables.memberships.tableName,
      },
      tables: [
        [tables.memberships, 'Query', 'BatchWriteItem'],
        [tables.connections, 'BatchWriteItem'],
      ],
    });

    // Nothing triggers it: an operator does.
    this.drain = createChatFunction(this, 'Drain', {
      config,
      name: 'drain',
      entry: 'services/connections/drain/lambda.ts',
      description: 'invoked by hand: asks every connection to come back later (goaway)',
      timeout: DRAIN_TIMEOUT,
      environment: {
        CONNECTIONS_TABLE: tables.connections.tableName,
        DELIVERY_QUEUE_URL: deliveryQueue.queueUrl,
      },
      tables: [[tables.connections, 'Scan']],
      sendsTo: [deliveryQueue],
    });
  }
}

function identityEnvironment(identity: Config['identity']): EnvironmentOf<'authorize'> {
  if (identity.kind === 'open') return { IDENTITY: 'open' };
  return {
    IDENTITY: 'jwt',
    JWT_ISSUER: identity.issuer,
    JWT_AUDIENCE: identity.audience,
    ...(identity.jwksUri !== undefined && { JWT_JWKS_URI: identity.jwksUri }),
  };
}
