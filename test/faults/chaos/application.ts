import { WebSocket } from 'ws';
import { ChatClient, ChatClientError, type WebSocketConstructor } from '../../../client/index.ts';
import { ready } from '../../../client/ready.ts';
import { createEventLog } from '../../support/event-log.ts';
import { now } from '../../support/now.ts';
import type { HistoryEvent } from '../checker/history.ts';

/** One application in one room, with the real library, and all that it did and saw. */
export interface Application {
  readonly client: string;
  readonly roomId: string;
  readonly history: readonly HistoryEvent[];
  readonly isOpen: boolean;
  /** Sends that have not ended. */
  readonly unanswered: number;
  /** Resolves when it is a member. */
  enter(): Promise<void>;
  /** Resolves with the number, or undefined when it was refused. */
  send(text: string): Promise<number | undefined>;
  /** Resolves when no send is under way. Rejects when that takes longer. */
  quiet(withinMs: number): Promise<void>;
  /** Resolves when everything up to the number was shown. Rejects when that takes longer. */
  reached(seq: number, withinMs: number): Promise<void>;
  /** Stops reading from the socket, as a process does that is busy with something else. */
  pause(): void;
  resume(): void;
  /** Ends the connection without a close frame. */
  cut(): boolean;
  close(): void;
}

export interface ApplicationOptions {
  url: string;
  client: string;
  roomId: string;
  random: () => number;
}

/** Shorter than the library's own, so that what a fault leaves behind is repaired within the run. */
const TIMES = { backoffMaxMs: 5_000, heartbeatMs: 10_000 };

export function createApplication(options: ApplicationOptions): Application {
  const { url, client, roomId, random } = options;
  const log = createEventLog<HistoryEvent>();
  let socket: WebSocket | undefined;
  let paused: WebSocket | undefined;
  let count = 0;
  let unanswered = 0;

  /** A constructor that returns an object yields that object: this keeps hold of the socket. */
  const Socket = function open(address: string, protocols?: string[]) {
    const opened = new WebSocket(address, protocols);
    opened.on('open', () => {
      socket = opened;
    });
    return opened;
  } as unknown as WebSocketConstructor;

  const chat = new ChatClient({ url, userId: client, WebSocket: Socket, random, ...TIMES });
  const room = chat.room(roomId, { since: 0 });
  const about = { client, roomId };
  log.add({ kind: 'entered', at: now(), ...about, after: 0 });
  room.on('message', ({ seq, messageId, clientMessageId, text }) => {
    const own = clientMessageId === undefined ? {} : { clientMessageId };
    log.add({ kind: 'shown', at: now(), ...about, seq, messageId, ...own, text });
  });
  room.on('reset', ({ after, resumedAt }) => {
    log.add({ kind: 'reset', at: now(), ...about, after, resumedAt });
  });

  async function send(text: string): Promise<number | undefined> {
    count += 1;
    unanswered += 1;
    const clientMessageId = `${client}-${count}`;
    log.add({ kind: 'sending', at: now(), ...about, clientMessageId, text });
    try {
      const { seq, messageId, duplicate } = await room.send(text, { clientMessageId });
      unanswered -= 1;
      const ack = { clientMessageId, seq, messageId, duplicate };
      log.add({ kind: 'acknowledged', at: now(), ...about, ...ack });
      return seq;
    } catch (error) {
      if (!(error instanceof ChatClientError)) throw error;
      const { code, retryable, retryAfterMs } = error;
      unanswered -= 1;
      const again = retryAfterMs === undefined ? {} : { retryAfterMs };
      log.add({ kind: 'refused', at: now(), ...about, clientMessageId, code, retryable, ...again });
      return undefined;
    }
  }

  return {
    client,
    roomId,
    history: log.events,
    get isOpen() {
      return chat.state === 'open';
    },
    get unanswered() {
      return unanswered;
    },
    async enter() {
      void chat.connect();
      await ready(room);
    },
    send,
    quiet: (withinMs) =>
      log.until(`${client} has no send under way`, () => unanswered === 0, withinMs),
    reached: (seq, withinMs) =>
      log.until(`${client} has seen ${seq}`, () => (room.position ?? 0) >= seq, withinMs),
    pause() {
      paused = socket;
      paused?.pause();
    },
    resume() {
      // Which may have been replaced meanwhile.
      paused?.resume();
      paused = undefined;
    },
    cut() {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.terminate();
      return true;
    },
    close: () => chat.close(),
  };
}
