import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EnvironmentOf, FunctionName } from '../../services/env.ts';
import type { Config } from '../config.ts';
import { bundle } from './bundle.ts';
import { logRetention } from './log-retention.ts';
import { metricNamespace } from './metrics.ts';

/** Leaves room for a cold start, which counts against the integration's timeout but not the function's. */
const COLD_START_ALLOWANCE = Duration.seconds(5);

/**
 * For functions that wait for tables most of their time. Loaded they take 72 MB, so that 128 would do;
 * but with it goes 0.07 of a core, and a cold start takes 100 ms of a whole one.
 */
const MEMORY_MB = 256;

/** What a function may be allowed on a table. Scan is left out on purpose: no request reads a whole table. */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem';

/** The one exception is made for an operator, who has to reach every connection there is. */
type ActionOf<F extends FunctionName> = TableAction | (F extends 'drain' ? 'Scan' : never);

export interface ChatFunctionProps<F extends FunctionName> {
  config: Config;
  /** The entry in `services/env.ts` that says what the function has to be told. */
  name: F;
  /** Path of its `lambda.ts` from the project's root. */
  entry: string;
  description: string;
  timeout: Duration;
  memoryMb?: number;
  environment: EnvironmentOf<F>;
  /** Everything the function may do to tables; a transaction needs the actions of its parts. */
  tables?: [table: TableV2, ...actions: ActionOf<F>[]][];
  sendsTo?: Queue[];
}

/** A Lambda with a role, a log group and rights of its own. What is not listed in `props` it may not do. */
export function createChatFunction<F extends FunctionName>(
  scope: Construct,
  id: string,
  props: ChatFunctionProps<F>,
): NodejsFunction {
  const { config } = props;
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    retention: logRetention(config.stage),
    removalPolicy: config.stage === 'production' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `Roomcast: what ${props.name} may do`,
  });
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'X-Ray knows no resources: whoever may send traces may send any. Tests allow no other.',
  });
  logGroup.grantWrite(role);
  for (const [table, ...actions] of props.tables ?? []) {
    table.grant(role, ...actions.map((action) => `dynamodb:${action}`));
  }
  for (const queue of props.sendsTo ?? []) queue.grant(role, 'sqs:SendMessage');

  return new NodejsFunction(scope, id, {
    description: `Roomcast: ${props.description}`,
    code: bundle(props.entry),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: props.timeout,
    memorySize: props.memoryMb ?? MEMORY_MB,
    role,
    logGroup,
    // JSON, so that the platform's own line per invocation can be left out: in the hot path those
    // lines would cost as much as the requests.
    loggingFormat: LoggingFormat.JSON,
    systemLogLevelV2: SystemLogLevel.WARN,
    // X-Ray, at its usual rate: the first invocation of a second, and five per cent of the others.
    tracing: Tracing.ACTIVE,
    environment: {
      ...withoutAbsent(props.environment),
      POWERTOOLS_SERVICE_NAME: props.name,
      POWERTOOLS_METRICS_NAMESPACE: metricNamespace(config.stage),
      POWERTOOLS_LOG_LEVEL: config.logLevel,
    },
  });
}

/** An optional variable that was not given is not set at all. */
function withoutAbsent(environment: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** How long API Gateway waits for `fn`: never less than the function itself may take. */
export function integrationTimeout(fn: NodejsFunction): Duration {
  if (fn.timeout === undefined) throw new Error(`${fn.node.path} has no timeout: give it one.`);
  return fn.timeout.plus(COLD_START_ALLOWANCE);
}
