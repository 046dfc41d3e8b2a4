import { describe, expect, it } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { resourcesOf, synthesizeStacks } from './synthesized-stacks.ts';

const open = synthesizeStacks({ openAccess: true }).chat;
const jwt = synthesizeStacks({
  issuer: 'https://issuer.example',
  audience: 'chat',
  allowedOrigins: 'https://a.example',
}).chat;

const TWO_WAY = ['join', 'send', 'history', 'resume', 'presence', 'leave', 'ping', '$default'];
const ONE_WAY = ['typing'];
const HTTP = [
  'GET /api/rooms/{roomId}/messages',
  'PUT /api/rooms/{roomId}/messages/{clientMessageId}',
  'GET /api/rooms/{roomId}/presence',
  'GET /api/health',
];

const routeSchema = z.object({
  RouteKey: z.string(),
  AuthorizationType: z.string(),
  RouteResponseSelectionExpression: z.string().optional(),
  Target: z.object({
    'Fn::Join': z.tuple([z.string(), z.tuple([z.string(), z.object({ Ref: z.string() })])]),
  }),
});

function routes(template: Template) {
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([id, { Properties }]) => ({
    id,
    ...routeSchema.parse(Properties),
  }));
}

describe('the routes', () => {
  it('are those of the protocol', () => {
    const keys = routes(open).map(({ RouteKey }) => RouteKey);
    expect(keys.sort()).toEqual(
      ['$connect', '$disconnect', ...TWO_WAY, ...ONE_WAY, ...HTTP].sort(),
    );
  });

  it('answer over the socket, but for its opening and closing and what has no reply', () => {
    const responses = JSON.stringify(resourcesOf(open, 'AWS::ApiGatewayV2::RouteResponse'));
    const answering = routes(open).filter(({ id }) =>
      responses.includes(`"RouteId":{"Ref":"${id}"}`),
    );
    expect(answering.map(({ RouteKey }) => RouteKey).sort()).toEqual([...TWO_WAY].sort());
    for (const route of answering) expect(route.RouteResponseSelectionExpression).toBe('$default');
  });

  it('ask who is there: at $connect and on every HTTP route but health', () => {
    const guarded = routes(open).filter(({ AuthorizationType }) => AuthorizationType === 'CUSTOM');
    const expected = ['$connect', ...HTTP.filter((key) => !key.endsWith('/health'))];
    expect(guarded.map(({ RouteKey }) => RouteKey).sort()).toEqual(expected.sort());
  });

  it('never give up on a function that may still be running', () => {
    const timeouts = new Map(
      resourcesOf(open, 'AWS::Lambda::Function').map(([id, { Properties }]) => [
        id,
        z.number().parse(Properties.Timeout) * 1000,
      ]),
    );
    const integrations = resourcesOf(open, 'AWS::ApiGatewayV2::Integration');
    expect(integrations).toHaveLength(TWO_WAY.length + ONE_WAY.length + 2 + HTTP.length);
    for (const [, { Properties }] of integrations) {
      const functionId =
        /"Fn::GetAtt":\["(\w+)","Arn"\]/.exec(JSON.stringify(Properties))?.[1] ?? '';
      expect(Properties.TimeoutInMillis).toBeGreaterThan(timeouts.get(functionId) ?? Infinity);
    }
  });
});

describe('identity', () => {
  it('is looked for by the function itself on a socket, since a token may stand in two places', () => {
    open.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      IdentitySource: [],
      EnableSimpleResponses: Match.absent(),
    });
  });

  it.each([
    { access: 'a token', template: jwt, identitySource: ['$request.header.Authorization'] },
    { access: 'open access', template: open, identitySource: ['$request.querystring.userId'] },
  ])('over HTTP with $access is decided anew for every request', ({ template, identitySource }) => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      IdentitySource: identitySource,
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
    });
  });

  it('comes from the issuer that the deployment names', () => {
    jwt.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          IDENTITY: 'jwt',
          JWT_ISSUER: 'https://issuer.example',
          JWT_AUDIENCE: 'chat',
        }),
      },
    });
  });
});

describe('the HTTP API', () => {
  it('lets the pages of allowed origins call it', () => {
    jwt.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: {
        AllowOrigins: ['https://a.example'],
        AllowMethods: ['GET', 'PUT'],
        AllowHeaders: ['authorization', 'content-type'],
      },
    });
  });

  it('lets no other page call it by default', () => {
    open.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: Match.absent(),
    });
  });
});

describe('the stages', () => {
  it('log every request and set no throttle below that of the account', () => {
    const stages = resourcesOf(open, 'AWS::ApiGatewayV2::Stage');
    expect(stages.map(([, { Properties }]) => Properties.StageName).sort()).toEqual([
      '$default',
      'live',
    ]);
    for (const [, { Properties }] of stages) {
      expect(Properties.AccessLogSettings).toBeDefined();
      expect(JSON.stringify(Properties)).not.toContain('Throttling');
    }
  });

  it.each([
    'WebSocketUrl',
    'HttpUrl',
    'DeliveryQueueUrl',
    'DeliveryDlqUrl',
    'FanOutDlqUrl',
    'FlushQueueUrl',
    'FlushDlqUrl',
    'DrainFunctionName',
  ])('are told to operators: %s', (output) => {
    expect(Object.keys(open.findOutputs(output))).toEqual([output]);
  });
});
