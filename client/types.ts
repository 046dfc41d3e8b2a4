/**
 * The public surface of the client library: options with unit and default, events, states, errors.
 * The guarantees and the tables of transitions are in `docs/client.md`.
 */
import type { ErrorCode } from '../shared/domain/errors.ts';
import type { TravelTimes, WireMessage } from '../shared/protocol/frames.ts';
import type { RoomInside } from './room-inside.ts';
import type { WebSocketConstructor } from './socket.ts';
import type { ChatStorage } from './storage.ts';

export type { TravelTimes };

export type Json = Exclude<WireMessage['data'], undefined>;

export interface Message {
  /** Dense and strictly increasing per room, from 1. */
  seq: number;
  messageId: string;
  userId: string;
  text: string;
  data?: Json;
  /** ISO 8601 UTC. */
  sentAt: string;
  clientMessageId?: string;
}

export interface ChatClientOptions {
  /** e.g. `wss://example.com/live`. */
  url: string;
  /** Called before every (re)connect, so that a token is always fresh. */
  getToken?: () => string | Promise<string>;
  /** Where the token travels. Default `'protocol'`, which keeps it out of URLs and logs. */
  tokenIn?: 'protocol' | 'query';
  /** Stands for a token where the stack has open access. */
  userId?: string;
  /** Default: the global one (browsers, Node 22 and later). The `ws` package fits as well. */
  WebSocket?: WebSocketConstructor;
  /** Default: the system's. */
  clock?: Clock;
  /** From 0 to below 1. Default `Math.random`. */
  random?: () => number;
  /** Keeps positions and unacknowledged messages over a restart: see `keepIn`. Default: nowhere. */
  storage?: ChatStorage;
  /** Tells when the network or the page comes back. Default: nothing does; `browserWake` knows a browser's events. */
  onWake?: WakeSource;
  /** After this a connection that does not open, or a request, counts as failed. Default 10,000 ms. */
  requestTimeoutMs?: number;
  /** First and largest reconnect delay, before full jitter. Default 500 and 30,000 ms. */
  backoffBaseMs?: number;
  backoffMaxMs?: number;
  /**
   * Connections are replaced at a random 60 to 90 % of this age, earlier where that leaves less than
   * two seconds. Default 7,200,000 ms (2 h).
   */
  maxAgeMs?: number;
  /** A ping with all positions goes out every 80 to 100 % of this time. Default 300,000 ms (5 min). */
  heartbeatMs?: number;
  /** How long an early message waits for the missing one before it is asked for. Default 1,000 ms. */
  holdBackMs?: number;
  /** Unacknowledged messages, all rooms together. Beyond it, `send` rejects. Default 1,000. */
  outboxMaxCount?: number;
  /** A message that is not acknowledged by then is given up. Default 300,000 ms (5 min). */
  outboxMaxAgeMs?: number;
  /** Sends in flight per room. With 1, the default, own messages keep their order. */
  sendsInFlight?: number;
}

export interface ChatClient {
  readonly state: ConnectionState;
  /** Resolves when the connection is first open. Nobody has to await it; failures are `state` events. */
  connect(): Promise<void>;
  /** Ends everything: no socket and no timer is left. `connect()` starts again where this ended. */
  close(): void;
  /** The room of that id, joined as soon as there is a connection. One object per id, until `leave()`. */
  room(roomId: string, options?: RoomOptions): Room;
  /** Returns the function that unsubscribes. */
  on<E extends keyof ClientEvents>(event: E, listener: Listener<ClientEvents[E]>): Unsubscribe;
}

export interface RoomOptions {
  /** The last sequence number seen; what came after is delivered first. Default: from now on. */
  since?: number;
}

export interface Room {
  readonly roomId: string;
  readonly state: RoomState;
  /** The last sequence number accounted for; unknown until the room was first joined. */
  readonly position: number | undefined;
  /** Own messages that are not acknowledged yet, oldest first. */
  readonly outbox: readonly OutboxItem[];

  /**
   * Resolves when the message is stored. Lost connections and retryable errors are dealt with.
   * Rejects with a {@link ChatError}: refused, outbox full, too old, denied, left or closed.
   */
  send(text: string, options?: SendOptions): Promise<Sent>;
  leave(): void;
  /** Returns the function that unsubscribes. */
  on<E extends keyof RoomEvents>(event: E, listener: Listener<RoomEvents[E]>): Unsubscribe;
  /** For the modules beside the core, such as `history`; not for applications. */
  readonly inside: RoomInside;
}

export interface SendOptions {
  data?: Json;
  /** 1 to 64 characters; the same one is stored once. Default: a random one. */
  clientMessageId?: string;
}

export interface Sent {
  seq: number;
  messageId: string;
  /** ISO 8601 UTC. */
  sentAt: string;
  /** An earlier attempt had stored it already. */
  duplicate: boolean;
}

export type OutboxState =
  /** Waits for a connection, for its turn or for another attempt. */
  | 'queued'
  /** Handed to the socket; not acknowledged. */
  | 'sending';

export interface OutboxItem {
  roomId: string;
  clientMessageId: string;
  text: string;
  data?: Json;
  state: OutboxState;
  /** Milliseconds since the epoch. */
  queuedAt: number;
}

export type ConnectionState =
  /** `connect()` was not called yet. */
  | 'idle'
  | 'connecting'
  | 'open'
  /** Waits before the next attempt. */
  | 'waiting'
  /** `close()` was called. */
  | 'closed';

/** Why a connection is not open. */
export type DownReason =
  /** The server or the network closed it. */
  | 'lost'
  /** It did not open, and a browser does not say why: unreachable, or not authorised. */
  | 'unreachable'
  /** 401 or 403, or `getToken` failed. Only told where the socket shows the status. */
  | 'unauthorized'
  /** Nothing was heard any more. */
  | 'silent'
  /** The server asked for it. */
  | 'goaway';

export interface StateChange {
  state: ConnectionState;
  previous: ConnectionState;
  /** With `waiting`: why, and when the next attempt is made. */
  reason?: DownReason;
  retryInMs?: number;
  /** The code of the close frame, if there was one. */
  closeCode?: number | undefined;
}

export type RoomState =
  /** No open connection. */
  | 'offline'
  | 'joining'
  /** A member; messages that were missed are being fetched. */
  | 'catching-up'
  | 'live'
  /** The token does not open this room. Tried again with the next connection. */
  | 'denied'
  | 'left';

export interface ClientEvents {
  state: StateChange;
  /** What concerns no single call: a failed attempt to connect, an error frame, a storage that fails. */
  error: ChatError;
}

export interface RoomEvents {
  /** Strictly ascending, every message once. */
  message: Message;
  state: { state: RoomState; previous: RoomState };
  /** Messages after `after` are late and are being fetched. For information: nothing has to be done. */
  gap: { after: number; head: number };
  /** Messages from `after + 1` to `resumedAt` were not delivered and never will be: reload from history. */
  reset: { after: number; resumedAt: number; reason: 'retention' | 'rewound' };
  typing: { userId: string };
  presence: { joined: string[]; left: string[]; count: number };
  outbox: OutboxChange;
}

export type OutboxChange =
  | { clientMessageId: string; state: OutboxState }
  | { clientMessageId: string; state: 'stored'; sent: Sent }
  | { clientMessageId: string; state: 'failed'; error: ChatError };

export type ClientErrorCode =
  | ErrorCode
  /** No answer in time. */
  | 'TIMEOUT'
  /** The connection ended before the answer came. */
  | 'DISCONNECTED'
  | 'UNREACHABLE'
  | 'UNAUTHORIZED'
  | 'OUTBOX_FULL'
  /** Given up after `outboxMaxAgeMs`. It may have been stored: send again with the same clientMessageId. */
  | 'OUTBOX_EXPIRED'
  | 'RESET'
  | 'LEFT'
  | 'CLOSED'
  | 'STORAGE';

/** What `ChatClientError` is. */
export interface ChatError extends Error {
  readonly code: ClientErrorCode;
  /** The same call may succeed later, unchanged. */
  readonly retryable: boolean;
  /** How long to wait before, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

export type Listener<T> = (event: T) => void;
export type Unsubscribe = () => void;

/** Time as an argument. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Calls the listener whenever the network or the page comes back. */
export type WakeSource = (listener: () => void) => Unsubscribe;
