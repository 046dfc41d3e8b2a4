import type { WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { FunctionName } from '../../services/env.ts';
import type { Config } from '../config.ts';
import type { Tables } from '../data-stack.ts';

/** The parts of the stack that the dashboard shows and the alarms watch. */
export interface Watched {
  config: Config;
  functions: Record<FunctionName, NodejsFunction>;
  tables: Tables;
  webSocketStage: WebSocketStage;
  deliveryQueue: Queue;
  deliveryDlq: Queue;
  fanOutDlq: Queue;
  flushQueue: Queue;
  flushDlq: Queue;
  /** It tells what it gives up. */
  messagesStream: EventSourceMapping;
  /** What one environment of deliver may post a second. */
  postsPerEnvironment: number;
}
