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
export function toLocalOutputs(model: StackModel, gatewayOrigin: string): Record<string, string> {
  const webSocket = `wss://${hostOf(model, model.webSocketApi.apiId)}`;
  const http = `https://${hostOf(model, model.httpApi.apiId)}`;
  return Object.fromEntries(
    Object.entries(model.outputs).map(([name, value]) => [
      name,
      value.replace(webSocket, gatewayOrigin.replace('http', 'ws')).replace(http, gatewayOrigin),
    ]),
  );
}

const hostOf = ({ region }: StackModel, apiId: string) =>
  `${apiId}.execute-api.${region}.amazonaws.com`;
