import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { ConnectionFacts } from './events.ts';
import { createFrameTap } from './frame-tap.ts';
import { createInbox } from './inbox.ts';
import type { GatewayLimits } from './limits.ts';

/** `sent` means handed to the socket, which is all that a 200 of `@connections` promises. */
export type SendOutcome = 'sent' | 'gone' | 'buffer-full';

export interface Connection {
  readonly facts: ConnectionFacts;
  /** False from the moment that either side begins to close. */
  isOpen(): boolean;
  /** Epoch milliseconds of the last data frame in either direction. */
  lastActiveAt(): number;
  send(frame: string | Uint8Array): SendOutcome;
  close(code: number, reason: string): void;
}

export interface ConnectionDeps {
  clock: Clock;
  limits: GatewayLimits;
  handleMessage: (connection: Connection, text: string) => Promise<void>;
  /** Called with every frame that was handed to the socket. */
  handleSent: () => void;
  /** Called once, after the socket has closed, whichever side began. */
  handleClosed: (connection: Connection, code: number, reason: string) => void;
}

const AS_TEXT = { binary: false };

/** What API Gateway reports when no close frame says it. */
const CLOSE_REASONS: Record<number, string> = {
  1005: 'Client-side close frame status not set',
  1006: 'Connection Closed Abnormally',
};

/** Close codes for what the WebSocket library refuses by itself; anything else is 1002. */
const LIBRARY_CLOSE_CODES: Record<string, number> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_INVALID_UTF8: 1007,
};

/**
 * Watches over one open connection: message and frame sizes, idle time and age, and its one close.
 * `rawSocket` is the stream below `socket`; it must not have delivered any data yet.
 */
export function createConnection(
  socket: WebSocket,
  rawSocket: Duplex,
  facts: ConnectionFacts,
  { clock, limits, handleMessage, handleSent, handleClosed }: ConnectionDeps,
): Connection {
  let lastActiveAt = clock.now();
  let ourClose: { code: number; reason: string } | undefined;
  let messagesSeen = 0;
  let cancelTimer = () => {};
  const tap = createFrameTap(limits.frameBytes);

  const connection: Connection = {
    facts,
    isOpen: () => socket.readyState === socket.OPEN,
    lastActiveAt: () => lastActiveAt,
    send(frame) {
      if (socket.readyState !== socket.OPEN) return 'gone';
      if (socket.bufferedAmount > limits.outboundBufferBytes) return 'buffer-full';
      lastActiveAt = clock.now();
      socket.send(frame, AS_TEXT);
      handleSent();
      return 'sent';
    },
    close(code, reason) {
      if (socket.readyState !== socket.OPEN) return;
      ourClose = { code, reason };
      socket.close(code, reason);
    },
  };

  const receive = createInbox(
    limits.messagesInProgressPerConnection,
    (text) => handleMessage(connection, text),
    socket,
  );

  /** One timer for both limits, not reset by traffic: it looks at the last activity when it fires. */
  function watchTime(): void {
    const now = clock.now();
    const oldAt = facts.connectedAt + limits.maxConnectionAgeMs;
    const idleAt = lastActiveAt + limits.idleTimeoutMs;
    if (now >= oldAt || now >= idleAt) connection.close(1001, 'Going away');
    else cancelTimer = clock.after(Math.min(oldAt, idleAt) - now, watchTime);
  }
  watchTime();

  rawSocket.prependListener('data', tap.read);

  socket.on('message', (data, isBinary) => {
    const index = messagesSeen;
    messagesSeen += 1;
    if (!connection.isOpen()) return;
    if (isBinary) connection.close(1003, 'Binary frames are not supported');
    else if (index === tap.firstOversizedMessage()) connection.close(1009, 'Frame too large');
    else {
      lastActiveAt = clock.now();
      receive(data.toString());
    }
  });

  socket.on('error', (error: Error & { code?: string }) => {
    // The library has begun to close when the fault is the client's; a socket error brings its own 1006.
    if (error.code?.startsWith('WS_ERR_')) {
      ourClose ??= { code: LIBRARY_CLOSE_CODES[error.code] ?? 1002, reason: error.message };
    }
  });

  socket.on('close', (code, reason) => {
    cancelTimer();
    const closed = ourClose ?? { code, reason: reason.toString() || (CLOSE_REASONS[code] ?? '') };
    handleClosed(connection, closed.code, closed.reason);
  });

  return connection;
}
