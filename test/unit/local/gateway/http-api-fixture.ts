import type { CorsModel } from '../../../../local/template/model.ts';
import { type Fixture, startGateway } from './gateway-fixture.ts';

type Start = Parameters<typeof startGateway>;

export const ROUTES: Record<string, string> = {
  'ANY /api/rooms/{roomId}/messages': 'any',
  'GET /api/rooms/{roomId}/messages': 'history',
  'GET /api/rooms/lobby/messages': 'lobby',
  'PUT /api/rooms/{roomId}/messages/{clientMessageId}': 'put',
  'GET /files/{path+}': 'files',
  'GET /files/special/{name}': 'special',
};

export interface HttpApiChange {
  cors?: CorsModel;
  identitySources?: string[];
  options?: Start[1];
  routes?: Record<string, string>;
}

/** A gateway with an HTTP API of these routes. */
export function startHttpApi(
  functions: Start[0] = {},
  { cors, identitySources, options, routes = ROUTES }: HttpApiChange = {},
): Promise<Fixture> {
  const authorizer = identitySources && { functionId: 'authorize', identitySources };
  return startGateway(functions, options, {
    apiId: 'http123',
    ...(cors && { cors }),
    routes: Object.entries(routes).map(([routeKey, functionId]) => ({
      routeKey,
      functionId,
      integrationTimeoutMs: 29_000,
      ...(authorizer && { authorizer }),
    })),
  });
}
