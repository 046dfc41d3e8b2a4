import type { FunctionModel, StackModel } from './template/model.ts';

/**
 * The functions of the template, told where this machine's gateway is: an address of the deployed
 * WebSocket API in their environment becomes one of the local gateway. Engines need no such thing,
 * since the SDK reads their endpoints from the environment.
 */
export function toLocalAddresses(model: StackModel, gatewayOrigin: string): FunctionModel[] {
  const deployed = `https://${model.webSocketApi.apiId}.execute-api.${model.region}.amazonaws.com`;
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
