import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../clock.ts';
import type { Invoke } from '../lambda/invocation.ts';
import type { HttpApiModel, WebSocketApiModel } from '../template/model.ts';
import type { Trace } from '../trace.ts';
import { type ConnectionFacts, createWebSocketEvents } from './events.ts';
import type { GatewayFaults } from './faults.ts';
import { createHttpApi } from './http-api.ts';
import { createHttpEvents } from './http-events.ts';
import { createIds } from './ids.ts';
import { createIntegrate } from './integration.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from './limits.ts';
import { type AnsweredPost, createManagementApi } from './management-api.ts';
import { splitUrl } from './request-parts.ts';
import type { MeasureSocket } from './socket-measures.ts';
import { createTasks } from './tasks.ts';
import { createTokenBucket } from './token-bucket.ts';
import { createWebSocketFront } from './web-socket-front.ts';

export interface GatewayOptions {
  webSocketApi: WebSocketApiModel;
  httpApi: HttpApiModel;
  region: string;
  accountId: string;
  invoke: Invoke;
  clock?: Clock;
  /** 0 (inclusive) to 1 (exclusive). Ids and faults are drawn from it, so that a seed repeats a run. */
  random?: () => number;
  trace?: Trace;
  limits?: Partial<GatewayLimits>;
  faults?: GatewayFaults;
  /** Called with every post to `@connections` that was answered. */
  onPost?: (post: AnsweredPost) => void;
  /** Called with whatever API Gateway measures of a WebSocket API. */
  measure?: MeasureSocket;
  /** Answers HTTP requests that neither API knows, such as those for the web page. */
  fallback?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface Gateway {
  /** Port 0 takes a free one. Binds 127.0.0.1 unless told otherwise. */
  listen(port: number, host?: string): Promise<{ port: number; origin: string }>;
  /**
   * Refuses new work, closes the sockets with 1001, and lets what was begun finish, `$disconnect`
   * among it, for `limits.drainMs` at most.
   */
  close(): Promise<void>;
  connectionCount(): number;
  /** Who is connected now, without those whose connection is closing. */
  openConnections(): ConnectionFacts[];
  stats(): GatewayStats;
}

/** Counters since the start. */
export interface GatewayStats {
  messagesReceived: number;
  /** Posts to `@connections` by the HTTP status of the answer. */
  postsByStatus: Record<number, number>;
}

/** Longer than the pools of HTTP clients keep a connection, so that they never write to a closed one. */
const KEEP_ALIVE_MS = 75_000;

/**
 * API Gateway on one machine and one port: the WebSocket API at `/{stage}`, its management API at
 * `/{stage}/@connections/{id}`, and the HTTP API everywhere else.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { webSocketApi, httpApi, region, accountId, trace } = options;
  const { clock = systemClock, random = Math.random, faults = {}, measure = () => {} } = options;
  const limits: GatewayLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const stats: GatewayStats = { messagesReceived: 0, postsByStatus: {} };

  const tasks = createTasks();
  const newId = createIds(random);
  const integrate = createIntegrate(options.invoke, clock);
  const throttle = createTokenBucket(clock, limits.requestsPerSecond, limits.requestBurst);
  const origin = { region, accountId, now: clock.now, newId };
  const shared = { integrate, limits, throttle, clock, random, newId, faults, trace, tasks };

  const webSockets = createWebSocketFront({
    ...shared,
    api: webSocketApi,
    events: createWebSocketEvents({ ...origin, apiId: webSocketApi.apiId }, webSocketApi.stageName),
    measure,
    countMessage: () => {
      stats.messagesReceived += 1;
    },
  });
  const manageConnections = createManagementApi({
    ...shared,
    stageName: webSocketApi.stageName,
    connections: webSockets.connections,
    maxPostBytes: limits.messageBytes,
    onPost(post) {
      stats.postsByStatus[post.status] = (stats.postsByStatus[post.status] ?? 0) + 1;
      options.onPost?.(post);
    },
  });
  const serveHttp = createHttpApi({
    ...shared,
    api: httpApi,
    events: createHttpEvents({ ...origin, apiId: httpApi.apiId }),
    fallback: options.fallback,
  });

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const { path } = splitUrl(request.url);
    if (manageConnections(request, response, path)) return;
    tasks.track(serveHttp(request, response, path));
  });
  server.on('upgrade', webSockets.upgrade);

  async function shutDown(): Promise<void> {
    const stopped = new Promise<void>((done) => server.close(() => done()));
    webSockets.beginClosing();
    await atMost(limits.closeHandshakeMs, webSockets.socketsClosed(), clock);
    webSockets.destroySockets();
    await webSockets.socketsClosed();
    await atMost(limits.drainMs, tasks.settled(), clock);
    server.closeAllConnections();
    await stopped;
  }

  let closing: Promise<void> | undefined;
  return {
    listen: (port, host = '127.0.0.1') =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          const address = server.address();
          const bound = typeof address === 'object' && address !== null ? address.port : port;
          resolve({ port: bound, origin: `http://${host}:${bound}` });
        });
      }),
    close() {
      closing ??= shutDown();
      return closing;
    },
    connectionCount: () => webSockets.connections.size,
    openConnections: () =>
      [...webSockets.connections.values()]
        .filter((connection) => connection.isOpen())
        .map(({ facts }) => facts),
    stats: () => structuredClone(stats),
  };
}

/** Waits for `work`, but no longer than `limitMs`. */
function atMost(limitMs: number, work: Promise<void>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(limitMs, resolve);
    void work.then(() => {
      cancel();
      resolve();
    });
  });
}
