import type { Clock } from '../../../client/types.ts';
import type { Connection } from '../../../local/gateway/connection.ts';
import { type ConnectionFacts, createWebSocketEvents } from '../../../local/gateway/events.ts';
import { createIntegrate } from '../../../local/gateway/integration.ts';
import { createMessageHandler } from '../../../local/gateway/messages.ts';
import { createTokenBucket } from '../../../local/gateway/token-bucket.ts';
import type { Invoke } from '../../../local/lambda/invocation.ts';
import type { PostOutcome } from '../../../shared/domain/ports.ts';
import { type Chance, createMoments } from './chance.ts';
import { type ClientSocket, createClientSocket } from './connection.ts';
import { WEB_SOCKET_API } from './deployment.ts';
import type { Faults } from './faults.ts';

/** A connection as nobody in the system knows it: from both of its ends. */
export interface Wire {
  readonly connectionId: string;
  readonly client: string;
  readonly connectedAt: number;
  /** What the gateway believes. */
  readonly state: 'connecting' | 'open' | 'closed';
  /** Frames get through, in both directions. */
  readonly carries: boolean;
}

/** One post, as the gateway answered it. */
export interface Post {
  at: number;
  connectionId: string;
  frame: string;
  outcome: PostOutcome;
}

export type Cut = 'cut' | 'cut-unnoticed' | 'cut-silent';

export interface Gateway {
  readonly wires: readonly Wire[];
  dial(client: string): ClientSocket;
  /** `POST @connections/{id}`, on behalf of the function that waits at this moment. */
  post(connectionId: string, frame: string, moment: string): Promise<PostOutcome>;
  /** `DELETE @connections/{id}`. */
  close(connectionId: string): boolean;
  /** Ends what a client has open. */
  cut(client: string, how: Cut): void;
  /** Whatever the gateway has not noticed yet, it notices now. */
  noticeAll(): void;
  /** Whether a frame or a handshake is under way. */
  isBusy(): boolean;
}

export interface GatewayOptions {
  time: Clock;
  chance: Chance;
  faults: Faults;
  invoke: Invoke;
  /** Connections older than that are closed. */
  maxAgeMs: number;
  /** Posts and inbound frames a second. */
  ratePerSecond: number;
  onPost(post: Post): void;
  /** A frame on its way into the client's library. */
  onReceive(wire: Wire, frame: string): void;
  /** Falsifies what the library sends. */
  sentFrame?: ((frame: string) => string) | undefined;
  /** A frame that has left the client's library. */
  onSend(wire: Wire, frame: string): void;
}

const MESSAGE_MAX_BYTES = 128 * 1024;
/** How long a post to a new connection may still find nothing there. */
const YOUNG_MS = 4_000;
const POST_TIMEOUT_MS = 3_000;
const NOTICE_MAX_MS = 240_000;

interface LiveWire extends Wire {
  state: Wire['state'];
  carries: boolean;
  facts: ConnectionFacts;
  socket: ClientSocket;
  connection: Connection;
  /** Frames of a client arrive in the order in which they were sent. */
  arrivesAt: number;
}

/**
 * API Gateway on virtual time: the project's own routing, events, throttle and replies over simulated
 * connections, which may end without anybody's noticing.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { time, chance, faults } = options;
  const wires: LiveWire[] = [];
  const byId = new Map<string, LiveWire>();
  const nameMoment = createMoments();
  let inTransit = 0;
  const throttle = createTokenBucket(time, options.ratePerSecond, options.ratePerSecond);
  const integrate = createIntegrate(options.invoke, time);
  const newId = () => nameMoment('request');
  const origin = { apiId: 'simulated', region: 'eu-west-1', accountId: '000000000000' };
  const events = createWebSocketEvents({ ...origin, now: time.now, newId }, 'live');
  const handleMessage = createMessageHandler({
    api: WEB_SOCKET_API,
    integrate,
    events,
    throttles: [throttle],
    maxReplyBytes: MESSAGE_MAX_BYTES,
    newId,
    trace: undefined,
  });
  const timeoutOf = (routeKey: string) =>
    WEB_SOCKET_API.routes.find((route) => route.routeKey === routeKey)?.integrationTimeoutMs ?? 0;

  const latency = (moment: string) => chance.between(5, 40, `latency ${moment}`);
  const wait = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));

  /** After that time, on the wire meanwhile. */
  function arrive(delayMs: number, callback: () => void): void {
    inTransit += 1;
    time.after(delayMs, () => {
      inTransit -= 1;
      callback();
    });
  }

  /** To the client: frames may overtake each other between the gateway's front and the socket. */
  function push(wire: LiveWire, frame: string, moment: string): void {
    const lateMs = faults.strikes('push-late', moment)
      ? chance.between(50, 900, `late ${moment}`)
      : 0;
    arrive(latency(moment) + lateMs, () => {
      if (!wire.carries || !wire.socket.isOpen) return;
      options.onReceive(wire, frame);
      wire.socket.receive(frame);
    });
  }

  function open(client: string): LiveWire {
    const connectionId = `${nameMoment(client).replace(' #', '-')}=`;
    const connectedAt = time.now();
    const wire: LiveWire = {
      connectionId,
      client,
      connectedAt,
      state: 'connecting',
      carries: true,
      arrivesAt: connectedAt,
      facts: {
        connectionId,
        connectedAt,
        identity: { sourceIp: '192.0.2.1', userAgent: 'simulation' },
        authorizer: { principalId: client, userId: client },
      },
      socket: createClientSocket({
        onSend: (frame) => receive(wire, frame),
        onClose: (code) => {
          if (wire.carries) arrive(latency(`${connectionId} close`), () => end(wire, code));
          wire.carries = false;
        },
      }),
      connection: {
        get facts() {
          return wire.facts;
        },
        isOpen: () => wire.state === 'open',
        lastActiveAt: time.now,
        send(frame) {
          if (wire.state !== 'open') return 'gone';
          const moment = nameMoment(`reply to ${connectionId}`);
          if (!faults.strikes('reply-lost', moment)) push(wire, String(frame), moment);
          return 'sent';
        },
        close: (code) => end(wire, code),
      },
    };
    wires.push(wire);
    byId.set(connectionId, wire);
    return wire;
  }

  async function connect(wire: LiveWire): Promise<void> {
    const { facts, connectionId } = wire;
    await wait(latency(`${connectionId} dial`));
    const event = events.connect(facts, { headers: {}, query: {} });
    const result = await integrate('connect', event, timeoutOf('$connect'));
    const status = result.status === 'returned' ? statusOf(result.payload) : 502;
    if (status !== 200) {
      wire.state = 'closed';
      wire.carries = false;
      wire.socket.shut(1006, `Unexpected server response: ${status}`);
      return;
    }
    wire.state = 'open';
    time.after(options.maxAgeMs, () => end(wire, 1001));
    await wait(latency(`${connectionId} accept`));
    if (wire.carries) wire.socket.accept();
    else end(wire, 1006);
  }

  function receive(wire: LiveWire, sent: string): void {
    const frame = options.sentFrame?.(sent) ?? sent;
    options.onSend(wire, frame);
    if (!wire.carries) return;
    const moment = nameMoment(`frame of ${wire.connectionId}`);
    wire.arrivesAt = Math.max(wire.arrivesAt, time.now() + latency(moment));
    arrive(wire.arrivesAt - time.now(), () => {
      if (wire.state === 'open') void handleMessage(wire.connection, frame);
    });
  }

  /** The gateway knows that the connection is over. */
  function end(wire: LiveWire, code: number): void {
    if (wire.state !== 'open') return;
    wire.state = 'closed';
    if (wire.carries) {
      wire.carries = false;
      arrive(latency(`${wire.connectionId} end`), () => wire.socket.shut(code));
    }
    if (faults.strikes('disconnect-lost', wire.connectionId)) return;
    const event = events.disconnect(wire.facts, code, '');
    void integrate('disconnect', event, timeoutOf('$disconnect'));
  }

  async function answerPost(
    connectionId: string,
    frame: string,
    moment: string,
  ): Promise<PostOutcome> {
    await wait(latency(moment));
    if (faults.strikes('post-throttled', moment) || !throttle.tryTake()) return 'throttled';
    if (faults.strikes('post-failed', moment)) return 'failed';
    const wire = byId.get(connectionId);
    if (wire?.state !== 'open') return 'gone';
    const ageMs = time.now() - wire.connectedAt;
    if (ageMs < YOUNG_MS && faults.strikes('post-young-gone', moment)) return 'gone';
    if (Buffer.byteLength(frame) > MESSAGE_MAX_BYTES) return 'too-large';
    if (!faults.strikes('push-lost', moment)) push(wire, frame, moment);
    if (!faults.strikes('post-reply-lost', moment)) return 'delivered';
    await wait(POST_TIMEOUT_MS);
    return 'failed';
  }

  return {
    wires,
    dial(client) {
      const wire = open(client);
      inTransit += 1;
      void connect(wire).finally(() => {
        inTransit -= 1;
      });
      return wire.socket;
    },
    async post(connectionId, frame, moment) {
      const outcome = await answerPost(connectionId, frame, moment);
      options.onPost({ at: time.now(), connectionId, frame, outcome });
      return outcome;
    },
    close(connectionId) {
      const wire = byId.get(connectionId);
      if (wire !== undefined) end(wire, 1000);
      return true;
    },
    cut(client, how) {
      for (const wire of wires) {
        if (wire.client !== client || !wire.carries || wire.state === 'closed') continue;
        wire.carries = false;
        if (how !== 'cut-silent') wire.socket.shut(1006);
        const noticeMs =
          how === 'cut' ? 0 : chance.between(1_000, NOTICE_MAX_MS, `notice ${wire.connectionId}`);
        time.after(noticeMs, () => end(wire, 1006));
      }
    },
    noticeAll() {
      for (const wire of wires) if (!wire.carries) end(wire, 1006);
    },
    isBusy: () => inTransit > 0,
  };
}

function statusOf(payload: unknown): number {
  const { statusCode } = (payload ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 502;
}
