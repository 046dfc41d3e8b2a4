import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Trace } from '../trace.ts';
import type { Admission, Applicant } from './admission.ts';
import type { Disconnect } from './disconnect.ts';
import type { ConnectionFacts } from './events.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { splitUrl } from './request-parts.ts';
import type { MeasureSocket } from './socket-measures.ts';
import type { TokenBucket } from './token-bucket.ts';
import { describeUpgrade, isWebSocketUpgrade, offeredProtocols } from './upgrade-request.ts';

export interface HandshakeDeps {
  stageName: string;
  admit: (applicant: Applicant) => Promise<Admission>;
  disconnect: Disconnect;
  /** Answers 101 and takes the socket over; false when the client is no longer there. */
  open: (upgrade: AdmittedUpgrade) => boolean;
  isClosing: () => boolean;
  newConnections: TokenBucket;
  newConnectionId: () => string;
  newRequestId: () => string;
  newTraceId: () => string;
  now: () => number;
  trace: Trace | undefined;
  measure: MeasureSocket;
}

export interface UpgradeArrival {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

export interface AdmittedUpgrade extends UpgradeArrival {
  facts: ConnectionFacts;
  protocol: string | undefined;
}

const REFUSAL_MESSAGES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'Too Many Requests',
  500: 'Internal server error',
  502: 'Internal server error',
  503: 'Service Unavailable',
};

/**
 * Upgrade request → authorizer and `$connect` → 101 or a refusal. Nothing is read from the socket
 * meanwhile: frames that a client sends early wait in its buffer until the verdict.
 */
export function createHandshake(deps: HandshakeDeps): (arrival: UpgradeArrival) => Promise<void> {
  return async (arrival) => {
    const connectionId = deps.newConnectionId();
    function refuse(status: number): void {
      const message = REFUSAL_MESSAGES[status];
      const body = message && { message, connectionId, requestId: deps.newRequestId() };
      refuseUpgrade(arrival.socket, status, body || undefined);
      deps.trace?.('connect', `${connectionId} refused with ${status}`);
    }

    const refusal = refuseUnasked(arrival.request, deps);
    if (refusal !== undefined) {
      if (refusal < 500) deps.measure('ClientError', 1);
      return refuse(refusal);
    }

    const presence = watchPresence(arrival.socket);
    const { identity, ...upgrade } = describeUpgrade(arrival.request, deps.newTraceId());
    const admission = await deps.admit({
      facts: { connectionId, connectedAt: deps.now(), identity },
      upgrade,
      hasLeft: presence.hasLeft,
    });
    presence.stop();
    if (admission.status === 'refused') return refuse(admission.httpStatus);
    if (admission.status === 'left') {
      arrival.socket.destroy();
      return;
    }

    const { facts, protocol } = admission;
    const lateRefusal = refuseConnected(arrival.request, protocol, deps);
    if (lateRefusal !== undefined) refuse(lateRefusal);
    else if (deps.open({ ...arrival, facts, protocol })) {
      deps.trace?.('connect', `${connectionId} open`);
      return;
    } else arrival.socket.destroy();
    await deps.disconnect(facts, 1006, 'Connection Closed Abnormally');
  };
}

/** What is refused without asking any function. */
function refuseUnasked(request: IncomingMessage, deps: HandshakeDeps): number | undefined {
  if (splitUrl(request.url).path !== `/${deps.stageName}`) return 403;
  if (!isWebSocketUpgrade(request)) return 400;
  if (deps.isClosing()) return 503;
  return deps.newConnections.tryTake() ? undefined : 429;
}

/** What is refused although `$connect` has succeeded; such a connection gets its `$disconnect`. */
function refuseConnected(
  request: IncomingMessage,
  protocol: string | undefined,
  deps: HandshakeDeps,
): number | undefined {
  if (deps.isClosing()) return 503;
  const isOffered = protocol === undefined || offeredProtocols(request).includes(protocol);
  return isOffered ? undefined : 502;
}

/** Notices a client that goes away while nobody reads from its socket. */
function watchPresence(socket: Duplex): { hasLeft: () => boolean; stop: () => void } {
  let left = false;
  const notice = () => {
    left = true;
  };
  const signs = ['end', 'close', 'error'];
  for (const sign of signs) socket.on(sign, notice);
  return {
    hasLeft: () => left,
    stop: () => {
      for (const sign of signs) socket.off(sign, notice);
    },
  };
}
