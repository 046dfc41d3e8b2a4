/**
 * The wire protocol, version 1, as types: no code, no dependency, safe in a browser. The prose is
 * `docs/protocol.md`; the schemas that check it at the boundary are in `schemas.ts`.
 */
import type { ErrorCode } from '../domain/errors.ts';

/** The sub-protocol that the server selects when a client offers it. */
export const SUBPROTOCOL = 'roomcast.v1';

/** Offered beside {@link SUBPROTOCOL}, it carries the token: `bearer.<jwt>`. */
export const BEARER_SUBPROTOCOL_PREFIX = 'bearer.';

export const ACTIONS = [
  'join',
  'leave',
  'send',
  'history',
  'resume',
  'presence',
  'typing',
  'ping',
] as const;
export type Action = (typeof ACTIONS)[number];

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A message as clients see it. Times are ISO 8601 UTC. */
export interface WireMessage {
  seq: number;
  messageId: string;
  userId: string;
  text: string;
  data?: Json;
  sentAt: string;
  clientMessageId?: string;
  kind?: 'message';
}

/** A number that belongs to no message, so that a reader can account for every number. */
export interface WireVoid {
  seq: number;
  kind: 'void';
}

export type WireEntry = WireMessage | WireVoid;

interface Request<A extends Action> {
  action: A;
  /** Any string of the client's; echoed in the reply. */
  id?: string;
}

export interface JoinRequest extends Request<'join'> {
  roomId: string;
  since?: number;
}
export interface LeaveRequest extends Request<'leave'> {
  roomId: string;
}
export interface SendRequest extends Request<'send'> {
  roomId: string;
  text: string;
  data?: Json;
  clientMessageId?: string;
}
export interface HistoryRequest extends Request<'history'> {
  roomId: string;
  before?: number;
  after?: number;
  limit?: number;
}
export interface ResumeRequest extends Request<'resume'> {
  rooms: Record<string, number>;
}
export interface PresenceRequest extends Request<'presence'> {
  roomId: string;
}
/** Has no reply; an error frame tells what is wrong with it. */
export interface TypingRequest extends Request<'typing'> {
  roomId: string;
}
export interface PingRequest extends Request<'ping'> {
  rooms?: Record<string, number>;
}

export type ClientFrame =
  | JoinRequest
  | LeaveRequest
  | SendRequest
  | HistoryRequest
  | ResumeRequest
  | PresenceRequest
  | TypingRequest
  | PingRequest;

export interface JoinedReply {
  type: 'joined';
  id?: string;
  roomId: string;
  head: number;
  /** Members of the room: its connections. */
  count: number;
  messages?: WireEntry[];
  more?: boolean;
  reset?: boolean;
}
export interface LeftReply {
  type: 'left';
  id?: string;
  roomId: string;
}
export interface SentReply {
  type: 'sent';
  id?: string;
  roomId: string;
  seq: number;
  messageId: string;
  sentAt: string;
  clientMessageId?: string;
  duplicate: boolean;
}
export interface HistoryReply {
  type: 'history';
  id?: string;
  roomId: string;
  messages: WireEntry[];
  head: number;
  more: boolean;
}
export type ResumeStatus = 'ok' | 'more' | 'reset' | 'denied';
export interface ResumedRoom {
  status: ResumeStatus;
  messages: WireEntry[];
  head: number;
}
export interface ResumedReply {
  type: 'resumed';
  id?: string;
  rooms: Record<string, ResumedRoom>;
}
export interface PresenceReply {
  type: 'presence';
  id?: string;
  roomId: string;
  count: number;
  users: string[];
}
export interface PongReply {
  type: 'pong';
  id?: string;
  time: string;
  heads: Record<string, number>;
}

/** A push: messages of one room, ascending. */
export interface MessagesPush {
  type: 'messages';
  roomId: string;
  messages: WireEntry[];
  head: number;
  /** Of the newest message, from a stack that was told to tell. */
  travelTimes?: TravelTimes;
}

/** When one message passed where, by the clocks of the server. ISO 8601 UTC. */
export interface TravelTimes {
  seq: number;
  /** The send function took it in hand. */
  receivedAt: string;
  /** It got its number; the write follows. */
  sentAt: string;
  /** The fan-out had it from the stream. */
  streamedAt: string;
  /** The fan-out handed it to the delivery queue. */
  enqueuedAt: string;
  /** The delivery took it from the queue, to post it. */
  dequeuedAt: string;
}

/** A push, best effort: somebody else in the room is writing. */
export interface TypingPush {
  type: 'typing';
  roomId: string;
  userId: string;
}

/** A push, best effort: users whose first connection came, and whose last one went. Never an `id`. */
export interface PresencePush {
  type: 'presence';
  id?: never;
  roomId: string;
  /** Sorted. */
  joined: string[];
  /** Sorted. */
  left: string[];
  /** Members of the room: its connections. */
  count: number;
}

/** A push: this connection had better be replaced, at a random moment of the window. */
export interface GoawayPush {
  type: 'goaway';
  reason: string;
  retryWindowMs: number;
}

export type Push = MessagesPush | TypingPush | PresencePush | GoawayPush;

export interface ErrorFrame {
  type: 'error';
  id?: string;
  code: ErrorCode;
  message: string;
  retryable: boolean;
  retryAfterMs?: number;
}

/** `UNKNOWN_ACTION` also tells what could have been asked, and who is asking. */
export interface UnknownActionFrame extends ErrorFrame {
  code: 'UNKNOWN_ACTION';
  actions: readonly Action[];
  connection: {
    connectionId: string;
    connectedAt: string;
    sourceIp: string;
    userAgent: string;
  };
}

export type Reply =
  | JoinedReply
  | LeftReply
  | SentReply
  | HistoryReply
  | ResumedReply
  | PresenceReply
  | PongReply;

export type ServerFrame = Reply | Push | ErrorFrame | UnknownActionFrame;
