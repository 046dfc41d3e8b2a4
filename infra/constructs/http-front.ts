import { Duration, Validations } from 'aws-cdk-lib';
import {
  CorsHttpMethod,
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { createAccessLog } from './access-log.ts';
import { integrationTimeout } from './chat-function.ts';

/** The HTTP side: history, send and presence for those who keep no socket open. */
export class HttpFront extends Construct {
  readonly api: HttpApi;
  readonly #authorizer: IHttpRouteAuthorizer;

  constructor(scope: Construct, id: string, props: { config: Config; authorize: NodejsFunction }) {
    super(scope, id);
    const { config, authorize } = props;

    this.api = new HttpApi(this, 'Api', {
      apiName: `roomcast-${config.stage}-http`,
      createDefaultStage: false,
      ...(config.allowedOrigins.length > 0 && {
        corsPreflight: {
          allowOrigins: config.allowedOrigins,
          allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.PUT],
          allowHeaders: ['authorization', 'content-type'],
          maxAge: Duration.hours(1),
        },
      }),
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: createAccessLog(this, 'AccessLog', config.stage, [
        'routeKey',
        'path',
        'authorizer.principalId',
        'status',
        'integrationLatency',
        'error.message',
      ]),
    });
    this.#authorizer = new HttpLambdaAuthorizer('Authorizer', authorize, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      // Whoever names nobody is answered with 401, without a call.
      identitySource:
        config.identity.kind === 'open'
          ? ['$request.querystring.userId']
          : ['$request.header.Authorization'],
      // A verdict is never reused: it may depend on the room, which is no part of the cache key.
      resultsCacheTtl: Duration.seconds(0),
    });
  }

  route(method: HttpMethod, path: string, handler: NodejsFunction): void {
    this.#addRoute(method, path, handler, this.#authorizer);
  }

  /** For what anyone may ask. */
  routeOpen(method: HttpMethod, path: string, handler: NodejsFunction): void {
    for (const route of this.#addRoute(method, path, handler, new HttpNoneAuthorizer())) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'Open on purpose: monitors have no token, and the answer tells nothing about users.',
      });
    }
  }

  #addRoute(
    method: HttpMethod,
    path: string,
    handler: NodejsFunction,
    authorizer: IHttpRouteAuthorizer,
  ): HttpRoute[] {
    return this.api.addRoutes({
      path,
      methods: [method],
      integration: new HttpLambdaIntegration(`${handler.node.id}Integration`, handler, {
        timeout: integrationTimeout(handler),
      }),
      authorizer,
    });
  }
}
