import * as z from 'zod';
import type { AuthorizerModel, HttpApiModel, HttpRouteModel, WebSocketApiModel } from './model.ts';
import { mustFind, type Resource, type Resources } from './resources.ts';

/** API Gateway's own upper limits, which apply where the template sets none. */
const LONGEST_WEB_SOCKET_INTEGRATION_MS = 29_000;
const LONGEST_HTTP_INTEGRATION_MS = 30_000;

const apiSchema = z.object({
  ProtocolType: z.enum(['WEBSOCKET', 'HTTP']),
  RouteSelectionExpression: z.string().optional(),
  CorsConfiguration: z
    .object({
      AllowOrigins: z.array(z.string()).default([]),
      AllowMethods: z.array(z.string()).default([]),
      AllowHeaders: z.array(z.string()).default([]),
      ExposeHeaders: z.array(z.string()).default([]),
      MaxAge: z.number().optional(),
    })
    .optional(),
});

const stageSchema = z.object({
  ApiId: z.string(),
  StageName: z.string(),
  DefaultRouteSettings: z
    .object({
      ThrottlingRateLimit: z.number().optional(),
      ThrottlingBurstLimit: z.number().optional(),
    })
    .default({}),
});

const routeSchema = z.object({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string().regex(/^integrations\//),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']).default('NONE'),
  AuthorizerId: z.string().optional(),
});

const integrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  TimeoutInMillis: z.number().optional(),
  /** Of HTTP APIs only; the event of a WebSocket integration has no version. */
  PayloadFormatVersion: z.literal('2.0').optional(),
});

const authorizerSchema = z.object({
  AuthorizerType: z.literal('REQUEST'),
  AuthorizerUri: z.string(),
  IdentitySource: z.array(z.string()).default([]),
  AuthorizerResultTtlInSeconds: z
    .literal(0, 'a cache of verdicts is not known to the local runtime')
    .optional(),
  /** HTTP APIs: the event of version 2.0 and the simple response are the only ones known here. */
  AuthorizerPayloadFormatVersion: z.literal('2.0').optional(),
  EnableSimpleResponses: z.literal(true).optional(),
});

const routeResponseSchema = z.object({
  RouteId: z.string(),
  RouteResponseKey: z.literal('$default'),
});

export function readWebSocketApi(resources: Resources): WebSocketApiModel {
  const { resource, apiId, api } = theApi(resources, 'WEBSOCKET');
  const stage = theStage(resources, apiId, resource);
  const { ThrottlingRateLimit, ThrottlingBurstLimit } = stage.DefaultRouteSettings;
  const twoWayRoutes = new Set(
    resources
      .ofType('AWS::ApiGatewayV2::RouteResponse')
      .map((response) => resources.read(response, routeResponseSchema))
      .map(({ RouteId }) => resources.find('AWS::ApiGatewayV2::Route', RouteId)),
  );
  return {
    apiId,
    routeSelectionExpression: api.RouteSelectionExpression ?? '$request.body.action',
    stageName: stage.StageName,
    routes: routesOf(resources, apiId, LONGEST_WEB_SOCKET_INTEGRATION_MS).map(({ id, route }) => ({
      ...route,
      twoWay: twoWayRoutes.has(id),
    })),
    ...(ThrottlingRateLimit !== undefined &&
      ThrottlingBurstLimit !== undefined && {
        throttle: { ratePerSecond: ThrottlingRateLimit, burst: ThrottlingBurstLimit },
      }),
  };
}

export function readHttpApi(resources: Resources): HttpApiModel {
  const { resource, apiId, api } = theApi(resources, 'HTTP');
  const stage = theStage(resources, apiId, resource);
  if (stage.StageName !== '$default') {
    throw new Error(
      `${resource.id} has the stage ${stage.StageName}; the local runtime serves $default only.`,
    );
  }
  const cors = api.CorsConfiguration;
  return {
    apiId,
    routes: routesOf(resources, apiId, LONGEST_HTTP_INTEGRATION_MS).map(({ route }) => route),
    ...(cors && {
      cors: {
        allowOrigins: cors.AllowOrigins,
        allowMethods: cors.AllowMethods,
        allowHeaders: cors.AllowHeaders,
        exposeHeaders: cors.ExposeHeaders,
        ...(cors.MaxAge !== undefined && { maxAgeSeconds: cors.MaxAge }),
      },
    }),
  };
}

function theApi(resources: Resources, protocol: 'WEBSOCKET' | 'HTTP') {
  const apis = resources
    .ofType('AWS::ApiGatewayV2::Api')
    .map((resource) => ({ resource, api: resources.read(resource, apiSchema) }))
    .filter(({ api }) => api.ProtocolType === protocol);
  const [first, second] = apis;
  if (first === undefined || second !== undefined) {
    throw new Error(
      `The template has ${apis.length} APIs of type ${protocol}; the local runtime serves exactly one.`,
    );
  }
  return { ...first, apiId: resources.valueOf(first.resource) };
}

function theStage(resources: Resources, apiId: string, api: Resource) {
  const stages = resources
    .ofType('AWS::ApiGatewayV2::Stage')
    .map((resource) => resources.read(resource, stageSchema))
    .filter((stage) => stage.ApiId === apiId);
  const [first, second] = stages;
  if (first === undefined || second !== undefined) {
    throw new Error(`${api.id} has ${stages.length} stages; the local runtime serves exactly one.`);
  }
  return first;
}

function routesOf(
  resources: Resources,
  apiId: string,
  longestIntegrationMs: number,
): { id: string; route: HttpRouteModel }[] {
  return resources
    .ofType('AWS::ApiGatewayV2::Route')
    .map((resource) => ({ resource, route: resources.read(resource, routeSchema) }))
    .filter(({ route }) => route.ApiId === apiId)
    .map(({ resource, route }) => {
      const integration = byReference(
        resources,
        'AWS::ApiGatewayV2::Integration',
        route.Target.replace('integrations/', ''),
        resource,
        integrationSchema,
      );
      return {
        id: resource.id,
        route: {
          routeKey: route.RouteKey,
          functionId: functionBehind(resources, integration.IntegrationUri, resource),
          integrationTimeoutMs: integration.TimeoutInMillis ?? longestIntegrationMs,
          ...(route.AuthorizerId !== undefined && {
            authorizer: authorizerOf(resources, route.AuthorizerId, resource),
          }),
        },
      };
    });
}

function authorizerOf(
  resources: Resources,
  authorizerId: string,
  route: Resource,
): AuthorizerModel {
  const authorizer = byReference(
    resources,
    'AWS::ApiGatewayV2::Authorizer',
    authorizerId,
    route,
    authorizerSchema,
  );
  return {
    functionId: functionBehind(resources, authorizer.AuthorizerUri, route),
    identitySources: authorizer.IdentitySource,
  };
}

function byReference<S extends z.ZodObject>(
  resources: Resources,
  type: string,
  reference: string,
  from: Resource,
  schema: S,
): z.output<S> {
  const id = mustFind(resources, type, reference, from);
  const [resource = from] = resources.ofType(type).filter((candidate) => candidate.id === id);
  return resources.read(resource, schema);
}

/** A Lambda stands in an API either by its ARN or by the path of its invoke call. */
function functionBehind(resources: Resources, uri: string, from: Resource): string {
  const arn = /functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1] ?? uri;
  return mustFind(resources, 'AWS::Lambda::Function', arn, from);
}
