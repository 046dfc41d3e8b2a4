import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { createEventLog, type EventLog } from './event-log.ts';
import { createProxyLane, type FrameRule, type LaneEvent, type ProxyFrame } from './proxy-lane.ts';
import { acceptUpgrade, refuseUpgrade } from './upgrades.ts';

/**
 * What becomes of a new connection. `hang` answers nothing, `refuse` ends it without an answer, a
 * number is the status that it is refused with.
 */
export type Admission = 'pass' | 'hang' | 'refuse' | number;

export interface ProxyRules {
  /** Connections are counted from 1. */
  admit?: (connection: number) => Admission;
  frame?: FrameRule;
}

export type ProxyEvent =
  | LaneEvent
  /** `refused` also when the server behind the proxy refused with that status, or is not there. */
  | { event: 'opened' | 'hung' | 'refused'; connection: number; atMs: number; status?: number }
  | { event: 'closed'; connection: number; atMs: number; by: 'client' | 'server' | 'rule' };

/** A WebSocket proxy that spoils what passes, by rule, and writes down everything it did. Plain GETs pass. */
export interface SocketProxy {
  /** `ws://127.0.0.1:<port>/live`; stays the same whatever is behind it. */
  url: string;
  log: EventLog<ProxyEvent>;
  /** How many connections were attempted. */
  readonly connections: number;
  /** Without an argument, everything passes again. What is under way is not affected. */
  rules(next?: ProxyRules): void;
  /** Tells every client a frame that no server has sent. */
  say(frame: object): void;
  /** Where connections from now on lead. */
  target(url: string): void;
  /** Cuts every open connection, or one: with a close frame (1001), or without. */
  cut(how: 'close' | 'terminate', connection?: number): void;
  stop(): Promise<void>;
}

interface OpenConnection {
  client: WebSocket;
  server: WebSocket;
}

export async function startSocketProxy(firstTarget: string): Promise<SocketProxy> {
  const log = createEventLog<ProxyEvent>();
  const startedAt = performance.now();
  const open = new Map<number, OpenConnection>();
  const sockets = new Set<Duplex>();
  const upstream = new Set<WebSocket>();
  let target = firstTarget;
  let current: ProxyRules = {};
  let count = 0;

  const atMs = () => Math.round(performance.now() - startedAt);

  function cut(how: 'close' | 'terminate', connection: number): void {
    const pair = open.get(connection);
    if (pair === undefined) return;
    end(connection, 'rule');
    if (how === 'close') pair.client.close(1001);
    else pair.client.terminate();
    pair.server.terminate();
  }

  function end(connection: number, by: 'client' | 'server' | 'rule'): void {
    if (open.delete(connection)) log.add({ event: 'closed', connection, atMs: atMs(), by });
  }

  /** Both sides are open. */
  function join(connection: number, client: WebSocket, server: WebSocket): void {
    open.set(connection, { client, server });
    log.add({ event: 'opened', connection, atMs: atMs() });
    const lane = (direction: ProxyFrame['direction'], from: WebSocket, to: WebSocket) =>
      createProxyLane({
        connection,
        direction,
        from,
        to,
        atMs,
        rule: (frame) => current.frame?.(frame) ?? 'pass',
        log: log.add,
        cut: (how) => cut(how, connection),
      });
    const up = lane('up', client, server);
    const down = lane('down', server, client);
    client.on('close', (code) => {
      end(connection, 'client');
      if (!up.isBlackHole) server.close(usable(code));
    });
    server.on('close', (code) => {
      end(connection, 'server');
      if (!down.isBlackHole) client.close(usable(code));
    });
    for (const socket of [client, server]) socket.on('error', () => socket.terminate());
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    count += 1;
    const connection = count;
    let isRefused = false;
    const refuse = (status?: number) => {
      if (isRefused) return;
      isRefused = true;
      refuseUpgrade(socket, status);
      const answer = status === undefined ? {} : { status };
      log.add({ event: 'refused', connection, atMs: atMs(), ...answer });
    };
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));

    const admission = current.admit?.(connection) ?? 'pass';
    if (admission === 'hang') log.add({ event: 'hung', connection, atMs: atMs() });
    else if (admission === 'refuse') refuse();
    else if (admission !== 'pass') refuse(admission);
    if (admission !== 'pass') return;

    const { url, protocols } = route(request, target);
    const server = new WebSocket(url, protocols);
    upstream.add(server);
    server.once('close', () => upstream.delete(server));
    server.once('unexpected-response', (_request, response) => {
      response.resume();
      refuse(response.statusCode);
      server.terminate();
    });
    server.on('error', () => {
      if (!socket.destroyed && !open.has(connection)) refuse();
    });
    server.once('open', () => {
      if (socket.destroyed) server.terminate();
      else
        acceptUpgrade(request, socket, head, server.protocol, (client) => {
          join(connection, client, server);
        });
    });
  }

  const httpServer = createServer((request, response) => forward(request, response, target));
  httpServer.on('upgrade', onUpgrade);
  await new Promise<void>((listening) => httpServer.listen(0, '127.0.0.1', listening));
  const { port } = httpServer.address() as AddressInfo;

  return {
    url: `ws://127.0.0.1:${port}/live`,
    log,
    get connections() {
      return count;
    },
    rules: (next = {}) => {
      current = next;
    },
    say(frame) {
      for (const { client } of open.values()) client.send(JSON.stringify(frame));
    },
    target: (url) => {
      target = url;
    },
    cut(how, connection) {
      for (const id of connection === undefined ? [...open.keys()] : [connection]) cut(how, id);
    },
    async stop() {
      for (const server of upstream) server.terminate();
      for (const socket of sockets) socket.destroy();
      const stopped = new Promise((done) => httpServer.close(done));
      // Also those that a browser opened ahead of its requests.
      httpServer.closeAllConnections();
      await stopped;
    },
  };
}

/** The page is at the proxy's address, too. */
function forward({ url = '/' }: IncomingMessage, response: ServerResponse, target: string): void {
  const from = new URL(url, target.replace(/^ws/, 'http'));
  get(from, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }).on('error', () => response.destroy());
}

function route({ url = '', headers }: IncomingMessage, target: string) {
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const offered = headers['sec-websocket-protocol'];
  return { url: `${target}${query}`, protocols: offered?.split(/\s*,\s*/) ?? [] };
}

/** 1005 and 1006 say that there was no close frame: they cannot be sent. */
function usable(code: number): number {
  return code === 1005 || code === 1006 ? 1001 : code;
}
