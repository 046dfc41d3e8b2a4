import type { WebSocket } from 'ws';
import { ChatClient, ChatClientError, type ChatClientOptions } from '../../../client/index.ts';
import { ready } from '../../../client/ready.ts';
import { now } from '../../support/now.ts';
import { observeSockets } from '../../support/observed-sockets.ts';
import { createNumberRanges } from '../measure/number-ranges.ts';
import type { MemberSeen } from '../measure/observations.ts';

/** What travels with every message of a run, for whoever receives it. */
export interface Mark {
  run: string;
  talk: number;
  /** Milliseconds since the epoch. */
  intendedAt: number;
}

export interface LoadMember {
  readonly isLive: boolean;
  readonly attempts: number;
  readonly opened: number;
  readonly failedAttempts: Readonly<Record<string, number>>;
  /** Resolves when the application is live for the first time. */
  enter(): Promise<void>;
  /** Resolves with the number; with the code of the error when it was not stored. */
  send(text: string, mark: Mark): Promise<number | string>;
  /** Resolves when the message of that number was shown. */
  reached(seq: number): Promise<void>;
  /** Resolves when the application is live. */
  back(): Promise<void>;
  /** Ends the connection without a close frame; resolves when the application knows. */
  cut(): Promise<void>;
  close(): void;
  seen(): MemberSeen;
}

export interface MemberEvents {
  onDelivery(mark: Mark): void;
  /** Before anything that it brings is shown. */
  onFrame(text: string): void;
  onGap(): void;
  onReset(): void;
}

export interface MemberOptions extends MemberEvents {
  url: string;
  token?: string;
  run: string;
  userId: string;
  roomId: string;
  /** Of the bytes of a frame. */
  decode: (bytes: Buffer) => string;
  /** Makes a socket. Default: one of the `ws` package. */
  open?: (url: string, protocols?: string[]) => WebSocket;
  /** Default: the library itself, with its own times. */
  createClient?: (options: ChatClientOptions) => ChatClient;
}

/** One application in one room, with the project's own client library. */
export function createLoadMember(options: MemberOptions): LoadMember {
  const { url, token, run, userId, roomId, decode, onFrame } = options;
  const { createClient = (own) => new ChatClient(own) } = options;
  const sockets = observeSockets({ decode, onFrame, ...(options.open && { open: options.open }) });
  const identity = token === undefined ? { userId } : { getToken: () => token };
  const client = createClient({ url, ...identity, WebSocket: sockets.WebSocket });
  const room = client.room(roomId);
  const shown = createNumberRanges();
  let since: number | undefined;
  let previous = 0;
  let duplicated = 0;
  let reordered = 0;

  room.on('message', ({ seq, data }) => {
    // What is shown before the room says that it is live is what came since it was joined.
    since ??= seq - 1;
    if (!shown.add(seq)) {
      duplicated += 1;
      return;
    }
    if (seq < previous) reordered += 1;
    previous = Math.max(previous, seq);
    if (isMark(data) && data.run === run) options.onDelivery(data);
  });
  room.on('state', ({ state }) => {
    if (state === 'live') since ??= room.position;
  });
  room.on('gap', options.onGap);
  room.on('reset', options.onReset);

  return {
    get isLive() {
      return room.state === 'live';
    },
    get attempts() {
      return sockets.attempts;
    },
    get opened() {
      return sockets.opened;
    },
    get failedAttempts() {
      return sockets.refused;
    },
    async enter() {
      void client.connect();
      await ready(room);
    },
    async send(text, mark) {
      try {
        return (await room.send(text, { data: { ...mark, givenAt: now() } })).seq;
      } catch (error) {
        if (error instanceof ChatClientError) return error.code;
        throw error;
      }
    },
    reached: (seq) =>
      new Promise((resolve) => {
        // Who came after that message is not to be shown it.
        if (Math.max(since ?? 0, shown.last) >= seq) resolve();
        else {
          const off = room.on('message', (message) => {
            if (message.seq < seq) return;
            off();
            resolve();
          });
        }
      }),
    back: () => ready(room),
    cut: () =>
      new Promise((resolve) => {
        if (room.state !== 'live') resolve();
        const off = room.on('state', ({ state }) => {
          if (state === 'live') return;
          off();
          resolve();
        });
        sockets.cutAll();
      }),
    close: () => client.close(),
    seen: () => ({ roomId, since, shown: shown.data(), duplicated, reordered }),
  };
}

/** Written out: there are a hundred thousand a second. */
function isMark(data: unknown): data is Mark {
  if (typeof data !== 'object' || data === null) return false;
  const { run, talk, intendedAt } = data as Partial<Record<keyof Mark, unknown>>;
  return typeof run === 'string' && Number.isInteger(talk) && Number.isFinite(intendedAt);
}
