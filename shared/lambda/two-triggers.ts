import type { HttpHandler, HttpResponse } from './http-route.ts';
import type { SocketHandler, SocketResponse } from './socket-route.ts';

/** One function behind a WebSocket route and an HTTP route: events of payload 2.0 name their version. */
export function createTwoTriggerHandler(handlers: { socket: SocketHandler; http: HttpHandler }) {
  return (event: unknown): Promise<SocketResponse | HttpResponse> =>
    isHttpEvent(event) ? handlers.http(event) : handlers.socket(event);
}

const isHttpEvent = (event: unknown) =>
  typeof event === 'object' && event !== null && 'version' in event && event.version === '2.0';
