import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { Alarms } from './constructs/alarms.ts';
import { createChatFunction } from './constructs/chat-function.ts';
import { ConnectionFunctions } from './constructs/connection-functions.ts';
import { OperationsDashboard } from './constructs/dashboard.ts';
import { HttpFront } from './constructs/http-front.ts';
import { MessagePipeline } from './constructs/message-pipeline.ts';
import { Queries } from './constructs/queries.ts';
import { RoomFunctions } from './constructs/room-functions.ts';
import type { Watched } from './constructs/watched.ts';
import { WebSocketFront } from './constructs/web-socket-front.ts';
import type { Tables } from './data-stack.ts';

/** Everything that a release replaces: the two ways in, the functions, and the pipeline between. */
export class ChatStack extends Stack {
  readonly webSocketUrl: string;

  constructor(scope: Construct, id: string, props: { config: Config; tables: Tables }) {
    super(scope, id, { description: 'Roomcast: routes, functions and the message pipeline' });
    const { config } = props;

    const socket = new WebSocketFront(this, 'Socket', { config });
    const messages = new MessagePipeline(this, 'Messages', {
      ...props,
      webSocketStage: socket.stage,
    });
    const { deliveryQueue } = messages;
    const connections = new ConnectionFunctions(this, 'Connections', { ...props, deliveryQueue });
    const rooms = new RoomFunctions(this, 'Rooms', { ...props, deliveryQueue });
    const health = createChatFunction(this, 'Health', {
      config,
      name: 'health',
      entry: 'services/health/lambda.ts',
      description: 'says that the HTTP side answers, and in which version',
      timeout: Duration.seconds(5),
      environment: { VERSION: config.version },
    });

    socket.routeConnect(connections.connect, connections.authorize);
    socket.routeTwoWay({
      join: rooms.join,
      send: messages.send,
      history: rooms.history,
      resume: rooms.resume,
      presence: rooms.presence,
      leave: rooms.leave,
      ping: connections.ping,
      $default: connections.default,
    });
    socket.routeOneWay({ typing: rooms.typing, $disconnect: connections.disconnect });

    const http = new HttpFront(this, 'Http', { config, authorize: connections.authorize });
    http.route(HttpMethod.GET, '/api/rooms/{roomId}/messages', rooms.history);
    http.route(HttpMethod.PUT, '/api/rooms/{roomId}/messages/{clientMessageId}', messages.send);
    http.route(HttpMethod.GET, '/api/rooms/{roomId}/presence', rooms.presence);
    http.routeOpen(HttpMethod.GET, '/api/health', health);

    const watched: Watched = {
      config,
      functions: {
        authorize: connections.authorize,
        connect: connections.connect,
        disconnect: connections.disconnect,
        default: connections.default,
        ping: connections.ping,
        drain: connections.drain,
        join: rooms.join,
        leave: rooms.leave,
        resume: rooms.resume,
        history: rooms.history,
        presence: rooms.presence,
        typing: rooms.typing,
        announce: rooms.announce,
        send: messages.send,
        fanOut: messages.fanOut,
        flush: messages.roomFlush.flush,
        deliver: messages.deliver,
        health,
      },
      tables: props.tables,
      webSocketStage: socket.stage,
      deliveryQueue,
      deliveryDlq: messages.deliveryDlq,
      fanOutDlq: messages.fanOutDlq,
      flushQueue: messages.roomFlush.queue,
      flushDlq: messages.roomFlush.dlq,
      messagesStream: messages.messagesStream,
      postsPerEnvironment: messages.postsPerEnvironment,
    };
    const alarms = new Alarms(this, 'Alarms', watched);
    new OperationsDashboard(this, 'Operations', { watched, alarms });
    new Queries(this, 'Queries', watched);

    this.webSocketUrl = socket.stage.url;
    new CfnOutput(this, 'WebSocketUrl', { value: this.webSocketUrl });
    new CfnOutput(this, 'HttpUrl', { value: http.api.apiEndpoint });
    new CfnOutput(this, 'ConnectionsTableName', { value: props.tables.connections.tableName });
    new CfnOutput(this, 'MembershipsTableName', { value: props.tables.memberships.tableName });
    new CfnOutput(this, 'DeliveryQueueUrl', { value: deliveryQueue.queueUrl });
    new CfnOutput(this, 'DeliveryDlqUrl', { value: messages.deliveryDlq.queueUrl });
    new CfnOutput(this, 'FanOutDlqUrl', { value: messages.fanOutDlq.queueUrl });
    new CfnOutput(this, 'FlushQueueUrl', { value: messages.roomFlush.queue.queueUrl });
    new CfnOutput(this, 'FlushDlqUrl', { value: messages.roomFlush.dlq.queueUrl });
    new CfnOutput(this, 'GivenUpBucketName', {
      value: messages.givenUpBatches.bucket.bucketName,
    });
    new CfnOutput(this, 'FanOutFunctionName', { value: messages.fanOut.functionName });
    new CfnOutput(this, 'DrainFunctionName', { value: connections.drain.functionName });
  }
}
