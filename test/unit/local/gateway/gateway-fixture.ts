import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import {
  createGateway,
  type Gateway,
  type GatewayOptions,
} from '../../../../local/gateway/gateway.ts';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import type { HttpApiModel, WebSocketApiModel } from '../../../../local/template/model.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

export const returned = (payload: unknown): InvokeResult => ({ status: 'returned', payload });
export const threw = (message: string): InvokeResult => ({
  status: 'function-error',
  cause: 'handler',
  errorType: 'Error',
  message,
});

export type FakeFunction = (event: never) => InvokeResult | Promise<InvokeResult>;

export const webSocketApi = (change: Partial<WebSocketApiModel> = {}): WebSocketApiModel => ({
  apiId: 'ws123',
  routeSelectionExpression: '$request.body.action',
  stageName: 'live',
  routes: ['$connect', '$disconnect', '$default', 'send', 'ask'].map((routeKey) => ({
    routeKey,
    functionId: routeKey.replace('$', ''),
    twoWay: routeKey === 'ask',
    integrationTimeoutMs: 29_000,
  })),
  ...change,
});

/** The same API with an authorizer on `$connect`. */
export const authorizedApi = (): WebSocketApiModel => {
  const api = webSocketApi();
  const authorizer = {
    functionId: 'authorize',
    identitySources: ['route.request.querystring.token'],
  };
  return {
    ...api,
    routes: api.routes.map((route) =>
      route.routeKey === '$connect' ? { ...route, authorizer } : route,
    ),
  };
};

export const policy = (effect: 'Allow' | 'Deny', context: Record<string, unknown> = {}) =>
  returned({
    principalId: 'ann',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: '*' }],
    },
    context,
  });

export interface Client {
  socket: WebSocket;
  send(value: unknown): void;
  /** The next text frame that has not been read yet. */
  next(): Promise<string>;
  nextJson(): Promise<Record<string, unknown>>;
  closed: Promise<{ code: number; reason: string }>;
}

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Fixture {
  gateway: Gateway;
  clock: FakeClock;
  origin: string;
  port: number;
  calls: { functionId: string; event: Record<string, unknown> }[];
  /** Events of the first `count` calls of a function, as soon as they have been made. */
  called(functionId: string, count?: number): Promise<Record<string, unknown>[]>;
  connect(query?: string, protocols?: string[], headers?: Record<string, string>): Promise<Client>;
  /** The HTTP answer of an upgrade that is refused. */
  refused(path: string, protocols?: string[]): Promise<Answer>;
  fetch(method: string, path: string, body?: string | Buffer, headers?: object): Promise<Answer>;
  /** Opens a bare socket and sends an upgrade request on it. */
  rawUpgrade(): Promise<Socket>;
  stop(): Promise<void>;
}

export async function startGateway(
  functions: Record<string, FakeFunction> = {},
  options: Partial<GatewayOptions> = {},
  httpApi: HttpApiModel = { apiId: 'http123', routes: [] },
): Promise<Fixture> {
  const clock = createFakeClock();
  const calls: Fixture['calls'] = [];
  const clients = new Set<WebSocket | Socket>();
  let watchers: (() => void)[] = [];

  const gateway = createGateway({
    webSocketApi: webSocketApi(),
    httpApi,
    region: 'eu-central-1',
    accountId: '123456789012',
    clock,
    random: seededRandom(1),
    invoke: async (functionId, payload) => {
      // Through JSON, as an invoker passes it, so that undefined and class instances do not survive.
      const event = JSON.parse(JSON.stringify(payload));
      calls.push({ functionId, event });
      for (const check of watchers) check();
      return (await functions[functionId]?.(event as never)) ?? returned({ statusCode: 200 });
    },
    ...options,
  });
  const { port, origin } = await gateway.listen(0);

  const open = (path: string, protocols: string[] = [], headers = {}) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
    clients.add(socket);
    return socket;
  };

  return {
    gateway,
    clock,
    origin,
    port,
    calls,
    called: (functionId, count = 1) =>
      new Promise((resolve) => {
        const check = () => {
          const made = calls.filter((call) => call.functionId === functionId);
          if (made.length < count) return;
          watchers = watchers.filter((watcher) => watcher !== check);
          resolve(made.slice(0, count).map(({ event }) => event));
        };
        watchers.push(check);
        check();
      }),
    async connect(query = '', protocols, headers) {
      const socket = open(`/live${query}`, protocols, headers);
      const client = wrap(socket);
      await once(socket, 'open');
      return client;
    },
    refused: (path, protocols) =>
      new Promise((resolve, reject) => {
        const socket = open(path, protocols);
        socket.on('error', () => {});
        socket.on('open', () => reject(new Error('The upgrade was not refused')));
        socket.on('unexpected-response', async (_request, response) =>
          resolve(await read(response)),
        );
      }),
    fetch: (method, path, body, headers) =>
      new Promise((resolve, reject) => {
        const sent = request(`${origin}${path}`, { method, headers: { ...headers }, agent: false });
        sent.on('response', async (response) => resolve(await read(response)));
        sent.on('error', reject);
        sent.end(body);
      }),
    async rawUpgrade() {
      const socket = connect(port, '127.0.0.1');
      clients.add(socket);
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(
        'GET /live HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      return socket;
    },
    async stop() {
      clock.release();
      for (const client of clients) {
        client.on('error', () => {});
        if (client instanceof WebSocket) client.terminate();
        else client.destroy();
      }
      await gateway.close();
    },
  };
}

export interface SeenContext {
  connectionId: string;
  requestId: string;
  disconnectStatusCode?: number;
  disconnectReason?: string;
}

export function requestContextOf(event: Record<string, unknown> | undefined): SeenContext {
  if (event === undefined) throw new Error('The function has not been called');
  return event.requestContext as SeenContext;
}

/** A masked frame, as a client has to send it. */
export function frame(opcode: number, payload: string, isFinal = true): Buffer {
  const data = Buffer.from(payload);
  const first = (isFinal ? 0x80 : 0) | opcode;
  const header = Buffer.alloc(data.length < 126 ? 2 : data.length < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = 0x80 | (header.length === 2 ? data.length : header.length === 4 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(data.length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(data.length), 2);
  return Buffer.concat([header, Buffer.alloc(4), data]);
}

function wrap(socket: WebSocket): Client {
  const frames: string[] = [];
  const readers: ((frame: string) => void)[] = [];
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const reader = readers.shift();
    if (reader) reader(data.toString());
    else frames.push(data.toString());
  });
  const next = () => {
    const ready = frames.shift();
    return ready === undefined
      ? new Promise<string>((resolve) => readers.push(resolve))
      : Promise.resolve(ready);
  };
  return {
    socket,
    send: (value) => socket.send(typeof value === 'string' ? value : JSON.stringify(value)),
    next,
    nextJson: async () => JSON.parse(await next()),
    closed: new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    ),
  };
}

async function read(response: IncomingMessage): Promise<Answer> {
  const body = await text(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}
