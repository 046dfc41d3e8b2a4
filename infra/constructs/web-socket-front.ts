import { Validations } from 'aws-cdk-lib';
import {
  WebSocketApi,
  type WebSocketRouteOptions,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { createAccessLog } from './access-log.ts';
import { integrationTimeout } from './chat-function.ts';

/** The socket that clients open. Its routes are added once the functions behind them exist. */
export class WebSocketFront extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;

  constructor(scope: Construct, id: string, props: { config: Config }) {
    super(scope, id);

    this.api = new WebSocketApi(this, 'Api', {
      apiName: `roomcast-${props.config.stage}-socket`,
      routeSelectionExpression: '$request.body.action',
    });
    // No throttle: the account's own applies, and deliver's posts draw on it too.
    this.stage = new WebSocketStage(this, 'Live', {
      webSocketApi: this.api,
      stageName: 'live',
      autoDeploy: true,
      detailedMetricsEnabled: true,
      accessLogSettings: createAccessLog(this, 'AccessLog', props.config.stage, [
        'eventType',
        'routeKey',
        'connectionId',
        'authorizer.principalId',
        'status',
        'integrationLatency',
        'error.message',
      ]),
    });
  }

  /**
   * The way in. The authorizer has no identity source, because the token may stand in the query or in
   * the sub-protocol: the function finds it, and its absence, itself.
   */
  routeConnect(connect: NodejsFunction, authorize: NodejsFunction): void {
    this.api.addRoute('$connect', {
      integration: integrate('Connect', connect),
      authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorize, { identitySource: [] }),
    });
  }

  /** What the function returns is dropped: notices, and the way out, where nobody is left to receive it. */
  routeOneWay(handlers: Record<string, NodejsFunction>): void {
    for (const [routeKey, handler] of Object.entries(handlers)) {
      this.#addRoute(routeKey, { integration: integrate(routeKey, handler) });
    }
  }

  /** What the function returns goes to the client. */
  routeTwoWay(handlers: Record<string, NodejsFunction>): void {
    for (const [routeKey, handler] of Object.entries(handlers)) {
      this.#addRoute(routeKey, { integration: integrate(routeKey, handler), returnResponse: true });
    }
  }

  #addRoute(routeKey: string, options: WebSocketRouteOptions): void {
    Validations.of(this.api.addRoute(routeKey, options)).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'A socket is authorised once, at $connect; its frames carry the verdict with them.',
    });
  }
}

function integrate(id: string, handler: NodejsFunction): WebSocketLambdaIntegration {
  return new WebSocketLambdaIntegration(`${id}Integration`, handler, {
    timeout: integrationTimeout(handler),
  });
}
