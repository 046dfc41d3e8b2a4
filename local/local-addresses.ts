import type { StackResource } from './running-stack.ts';
import type { FunctionModel, StackModel } from './template/model.ts';

/**
 * The functions of the template, told where this machine's gateway is: an address of the deployed
 * WebSocket API in their environment becomes one of the local gateway. Engines need no such thing,
 * since the SDK reads their endpoints from the environment.
 */
export function toLocalAddresses(model: StackModel, gatewayOrigin: string): FunctionModel[] {
  const deployed = `https://${hostOf(model, model.webSocketApi.apiId)}`;
  return model.functions.map((fn) => ({
    ...fn,
    environment: Object.fromEntries(
      Object.entries(fn.environment).map(([name, value]) => [
        name,
        value.replace(deployed, gatewayOrigin),
      ]),
    ),
  }));
}

/** The outputs of the template, with the APIs where this machine's gateway is. */
function toLocalOutputs(model: StackModel, gatewayOrigin: string): Record<string, string> {
  const webSocket = `wss://${hostOf(model, model.webSocketApi.apiId)}`;
  const http = `https://${hostOf(model, model.httpApi.apiId)}`;
  return Object.fromEntries(
    Object.entries(model.outputs).map(([name, value]) => [
      name,
      value.replace(webSocket, gatewayOrigin.replace('http', 'ws')).replace(http, gatewayOrigin),
    ]),
  );
}

/** What CloudFormation would tell of the stack that runs here. */
export function describeLocally(
  model: StackModel,
  gatewayOrigin: string,
  queueUrl: (queueName: string) => string,
): { outputs: Record<string, string>; resources: StackResource[] } {
  const { tables, queues, buckets, functions } = model;
  const listed = <M extends { id: string }>(models: M[], type: string, idOf: (m: M) => string) =>
    models.map((m) => ({ logicalId: m.id, physicalId: idOf(m), type }));
  return {
    outputs: toLocalOutputs(model, gatewayOrigin),
    resources: [
      ...listed(tables, 'AWS::DynamoDB::GlobalTable', ({ tableName }) => tableName),
      ...listed(queues, 'AWS::SQS::Queue', ({ queueName }) => queueUrl(queueName)),
      ...listed(buckets, 'AWS::S3::Bucket', ({ bucketName }) => bucketName),
      ...listed(functions, 'AWS::Lambda::Function', ({ functionName }) => functionName),
    ],
  };
}

const hostOf = ({ region }: StackModel, apiId: string) =>
  `${apiId}.execute-api.${region}.amazonaws.com`;
