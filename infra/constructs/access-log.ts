import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { logRetention } from './log-retention.ts';

/** One short JSON line per request: `$context` variables by their own names, and the request's id. */
export function createAccessLog(
  scope: Construct,
  id: string,
  stage: Config['stage'],
  fields: string[],
): IAccessLogSettings {
  const logGroup = new LogGroup(scope, id, {
    retention: logRetention(stage),
    removalPolicy: stage === 'production' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const line = ['requestId', ...fields].map((field) => [field, `$context.${field}`]);
  return {
    destination: new LogGroupLogDestination(logGroup),
    format: AccessLogFormat.custom(JSON.stringify(Object.fromEntries(line))),
  };
}
