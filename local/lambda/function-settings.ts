import { basename, dirname, extname } from 'node:path';
import type { FunctionModel } from '../template/model.ts';
import type { FunctionContext } from './environment-messages.ts';

export interface Account {
  region: string;
  accountId: string;
}

/** The ARN under which a function is invoked. */
export function functionArn(functionName: string, { region, accountId }: Account): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
}

/** The constant part of the context object of one environment. */
export function functionContext(
  model: FunctionModel,
  account: Account,
  logStreamName: string,
): FunctionContext {
  return {
    functionName: model.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn(model.functionName, account),
    memoryLimitInMB: String(model.memoryMb),
    logGroupName: `/aws/lambda/${model.functionName}`,
    logStreamName,
  };
}

/**
 * The variables of an environment. `base` (endpoints, credentials) wins over the function's own, so
 * that no variable of a template can lead a local run to real AWS; what Lambda reserves wins over
 * both. Nothing else is inherited.
 */
export function functionVariables(
  model: FunctionModel,
  account: Account,
  base: Record<string, string>,
  context: FunctionContext,
): Record<string, string> {
  const module = basename(model.modulePath, extname(model.modulePath));
  return {
    ...model.environment,
    ...base,
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: model.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: context.functionVersion,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: context.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: context.logStreamName,
    LAMBDA_TASK_ROOT: dirname(model.modulePath),
    _HANDLER: `${module}.${model.exportName}`,
  };
}
