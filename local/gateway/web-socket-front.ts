import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import type { WebSocketApiModel } from '../template/model.ts';
import type { Trace } from '../trace.ts';
import { createAdmission } from './admission.ts';
import { type Connection, createConnection } from './connection.ts';
import { createDisconnect } from './disconnect.ts';
import type { WebSocketEvents } from './events.ts';
import type { GatewayFaults } from './faults.ts';
import { type AdmittedUpgrade, createHandshake } from './handshake.ts';
import { createTraceIds } from './ids.ts';
import type { Integrate } from './integration.ts';
import type { GatewayLimits } from './limits.ts';
import { createMessageHandler } from './messages.ts';
import { type MeasureSocket, measureIntegrate } from './socket-measures.ts';
import { createTasks, type Tasks } from './tasks.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

export interface WebSocketFrontDeps {
  api: WebSocketApiModel;
  integrate: Integrate;
  events: WebSocketEvents;
  limits: GatewayLimits;
  /** The account's bucket, shared with the other APIs. */
  throttle: TokenBucket;
  clock: Clock;
  random: () => number;
  newId: () => string;
  faults: GatewayFaults;
  trace: Trace | undefined;
  /** Tracks what a closing gateway has to wait for. */
  tasks: Tasks;
  countMessage: () => void;
  measure: MeasureSocket;
}

export interface WebSocketFront {
  /** Open connections by id; one that is closing stays until its socket has closed. */
  readonly connections: ReadonlyMap<string, Connection>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Refuses new connections and begins to close the open ones. */
  beginClosing(): void;
  destroySockets(): void;
  socketsClosed(): Promise<void>;
}

/** The WebSocket side of the gateway: every connection from its upgrade to its `$disconnect`. */
export function createWebSocketFront(deps: WebSocketFrontDeps): WebSocketFront {
  const { api, limits, clock, tasks, measure } = deps;
  const connections = new Map<string, Connection>();
  const sockets = new Set<Duplex>();
  const openSockets = createTasks();
  let isClosing = false;

  const { throttle: stage } = api;
  /** Of routes; what an authorizer takes is no integration's. */
  const integrate = measureIntegrate(deps.integrate, measure);
  const disconnect = createDisconnect({ ...deps, integrate });
  const handleMessage = createMessageHandler({
    ...deps,
    integrate,
    throttles: stage
      ? [deps.throttle, createTokenBucket(clock, stage.ratePerSecond, stage.burst)]
      : [deps.throttle],
    maxReplyBytes: limits.messageBytes,
  });
  const shakeHands = createHandshake({
    stageName: api.stageName,
    admit: createAdmission({ ...deps, connect: integrate }),
    disconnect,
    open,
    isClosing: () => isClosing,
    newConnections: createTokenBucket(
      clock,
      limits.newConnectionsPerSecond,
      limits.newConnectionBurst,
    ),
    newConnectionId: deps.newId,
    newRequestId: deps.newId,
    newTraceId: createTraceIds(deps.random, clock.now),
    now: clock.now,
    trace: deps.trace,
    measure,
  });

  const selectedProtocols = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.messageBytes,
    handleProtocols: (_offered, request) => selectedProtocols.get(request) ?? false,
  });

  function open({ request, socket, head, facts, protocol }: AdmittedUpgrade): boolean {
    if (protocol !== undefined) selectedProtocols.set(request, protocol);
    let connection: Connection | undefined;
    // Calls back before it returns, or not at all when the client has left.
    server.handleUpgrade(request, socket, head, (webSocket) => {
      connection = createConnection(webSocket, socket, facts, {
        clock,
        limits,
        handleSent: () => measure('MessageCount', 1),
        handleMessage(from, text) {
          deps.countMessage();
          measure('MessageCount', 1);
          const task = handleMessage(from, text);
          tasks.track(task);
          return task;
        },
        handleClosed(closed, code, reason) {
          connections.delete(closed.facts.connectionId);
          tasks.track(disconnect(closed.facts, code, reason));
        },
      });
      connections.set(facts.connectionId, connection);
    });
    return connection !== undefined;
  }

  return {
    connections,
    upgrade(request, socket, head) {
      sockets.add(socket);
      const closed = new Promise((done) => socket.once('close', done));
      openSockets.track(closed.then(() => sockets.delete(socket)));
      // A reset is followed by 'close', where it is dealt with.
      socket.on('error', () => {});
      tasks.track(shakeHands({ request, socket, head }));
    },
    beginClosing() {
      isClosing = true;
      for (const connection of connections.values()) connection.close(1001, 'Going away');
    },
    destroySockets() {
      for (const socket of sockets) socket.destroy();
    },
    socketsClosed: openSockets.settled,
  };
}
