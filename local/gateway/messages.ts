import type { WebSocketApiModel, WebSocketRouteModel } from '../template/model.ts';
import type { Trace } from '../trace.ts';
import type { Connection } from './connection.ts';
import type { WebSocketEvents } from './events.ts';
import type { Integrate, IntegrationResult } from './integration.ts';
import { isJsonObject } from './json.ts';
import { compileRouteSelection } from './route-selection.ts';
import type { MeasureSocket } from './socket-measures.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface MessageDeps {
  api: WebSocketApiModel;
  integrate: Integrate;
  events: WebSocketEvents;
  /** Every bucket has to give a token. */
  throttles: TokenBucket[];
  maxReplyBytes: number;
  newId: () => string;
  trace: Trace | undefined;
  measure?: MeasureSocket;
}

type ReplyReading = { status: 'frame'; text: string } | { status: 'nothing' | 'failed' };

/**
 * Message in → the route's function → at most one frame back. The socket stays open whatever happens:
 * over quota, no route, and a function that fails are each told to the client in an error frame.
 */
export function createMessageHandler(
  deps: MessageDeps,
): (connection: Connection, body: string) => Promise<void> {
  const { api, events, newId, trace, measure } = deps;
  const selectRoute = compileRouteSelection(api.routeSelectionExpression);
  const routes = new Map(api.routes.map((route) => [route.routeKey, route]));

  function findRoute(body: string): WebSocketRouteModel | undefined {
    const key = selectRoute(body);
    // A client must not be able to run $connect or $disconnect by naming it in a message.
    const action = key === undefined || key.startsWith('$') ? undefined : routes.get(key);
    return action ?? routes.get('$default');
  }

  return async (connection, body) => {
    const { connectionId } = connection.facts;
    const report = (message: string, requestId: string) =>
      connection.send(JSON.stringify({ message, connectionId, requestId }));

    if (!deps.throttles.every((bucket) => bucket.tryTake())) {
      trace?.('send', `${connectionId} throttled`);
      measure?.('ClientError', 1);
      report('Too Many Requests', newId());
      return;
    }
    const route = findRoute(body);
    if (route === undefined) {
      trace?.('send', `${connectionId} no route`);
      measure?.('ClientError', 1);
      report('Forbidden', newId());
      return;
    }
    trace?.('send', `${connectionId} ${route.routeKey} ${Buffer.byteLength(body)} B`);
    const event = events.message(connection.facts, route.routeKey, body);
    const result = await deps.integrate(route.functionId, event, route.integrationTimeoutMs);
    const reply = readReply(result, route.twoWay, deps.maxReplyBytes);
    if (reply.status === 'frame') connection.send(reply.text);
    if (reply.status === 'failed') {
      // What the function returned is no reply: nothing is wrong with the function itself.
      if (result.status === 'returned') measure?.('ExecutionError', 1);
      report('Internal server error', event.requestContext.requestId);
    }
  };
}

/**
 * A one-way route ignores what the function returns, its status too. On a two-way route a status other
 * than 2xx is replaced by the error frame; that rests on a single report.
 */
function readReply(result: IntegrationResult, twoWay: boolean, maxBytes: number): ReplyReading {
  if (result.status !== 'returned') return { status: 'failed' };
  if (!twoWay) return { status: 'nothing' };
  if (!isJsonObject(result.payload)) return { status: 'failed' };

  const { statusCode, body = '', isBase64Encoded } = result.payload;
  const status = Number(statusCode);
  if (!(status >= 200 && status < 300) || typeof body !== 'string') return { status: 'failed' };
  if (body === '') return { status: 'nothing' };
  const text = isBase64Encoded === true ? Buffer.from(body, 'base64').toString() : body;
  return Buffer.byteLength(text) > maxBytes ? { status: 'failed' } : { status: 'frame', text };
}
