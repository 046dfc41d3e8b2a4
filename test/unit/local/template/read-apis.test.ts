import { afterEach, describe, expect, it } from '@jest/globals';
import { createAssemblies, withProperties } from './read-fixture.ts';

const { read, removeAll } = createAssemblies();
afterEach(removeAll);

describe('the APIs', () => {
  it('have the limits of API Gateway where the template says nothing', () => {
    expect(read().webSocketApi).toEqual({
      apiId: 'socket',
      routeSelectionExpression: '$request.body.kind',
      stageName: 'live',
      routes: [
        {
          routeKey: '$default',
          functionId: 'Handler',
          twoWay: false,
          integrationTimeoutMs: 29_000,
        },
      ],
    });
    expect(read().httpApi).toEqual({ apiId: 'http', routes: [] });
  });

  it('answer, authorise, throttle and allow origins as the template says', () => {
    const model = read({
      ...withProperties('Live', {
        DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 9 },
      }),
      ...withProperties('Http', { CorsConfiguration: { AllowOrigins: ['https://a'], MaxAge: 60 } }),
      ...withProperties('DefaultRoute', {
        AuthorizationType: 'CUSTOM',
        AuthorizerId: { Ref: 'Authorizer' },
      }),
      Authorizer: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: {
          AuthorizerType: 'REQUEST',
          AuthorizerUri: { 'Fn::GetAtt': ['Handler', 'Arn'] },
          IdentitySource: ['route.request.querystring.token'],
        },
      },
      Answer: {
        Type: 'AWS::ApiGatewayV2::RouteResponse',
        Properties: { RouteId: { Ref: 'DefaultRoute' }, RouteResponseKey: '$default' },
      },
    });
    expect(model.webSocketApi).toMatchObject({
      throttle: { ratePerSecond: 5, burst: 9 },
      routes: [
        {
          twoWay: true,
          authorizer: {
            functionId: 'Handler',
            identitySources: ['route.request.querystring.token'],
          },
        },
      ],
    });
    expect(model.httpApi.cors).toEqual({
      allowOrigins: ['https://a'],
      allowMethods: [],
      allowHeaders: [],
      exposeHeaders: [],
      maxAgeSeconds: 60,
    });
  });

  it.each([
    [
      { Other: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } } },
      'has 2 APIs of type HTTP',
    ],
    [withProperties('HttpStage', { StageName: 'v1' }), 'Http has the stage v1'],
    [withProperties('Integration', { IntegrationType: 'MOCK' }), 'Integration.IntegrationType: '],
  ])('are refused where there is more than the local runtime serves: %#', (extra, message) => {
    expect(() => read(extra)).toThrow(message);
  });
});
