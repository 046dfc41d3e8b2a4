import type { ClientFrame, Reply } from '../shared/protocol/frames.ts';
import { ChatClientError, fromErrorFrame } from './errors.ts';
import { type IncomingFrame, parseFrame } from './parse-frame.ts';
import type { WebSocketLike } from './socket.ts';
import type { Clock, DownReason } from './types.ts';

export type Outcome = Reply | ChatClientError;

/** Why a link is over. */
export type LinkEnd = Exclude<DownReason, 'goaway'>;

/** Where the membership of a room stands on one connection. */
export type Standing = 'entering' | 'entered' | 'denied' | 'leaving';

/** One socket, from dialling to its end. Once it is over, nothing of it reaches anybody. */
export interface Link {
  readonly rooms: Map<string, Standing>;
  /** Attempts in a row in which a room could not be entered. */
  failures: number;
  isProbed: boolean;
  /** When its socket was asked for: the gateway counts its age from about then. */
  readonly dialledAt: number;
  readonly isOpen: boolean;
  /** Frames received. */
  readonly heard: number;
  /** Exactly one outcome, an error with code TIMEOUT or DISCONNECTED at the worst. */
  request(frame: ClientFrame, done: (outcome: Outcome) => void): void;
  /** No answer is expected. */
  tell(frame: ClientFrame): void;
  /** A timer that ends with the link. */
  after(delayMs: number, callback: () => void): void;
  /** Ends the link and tells the owner why. */
  fail(reason: LinkEnd): void;
  /** Ends the link without telling, as soon as everything asked on it is answered. */
  retire(): void;
  /** Ends the link without telling. */
  close(): void;
}

export interface LinkOptions {
  dial(): WebSocketLike | Promise<WebSocketLike>;
  clock: Clock;
  requestTimeoutMs: number;
  onOpen(): void;
  /** Pushes, and errors that answer no request. */
  onFrame(frame: IncomingFrame): void;
  /** A request was not answered, and nothing else was heard either. */
  onSilence(link: Link): void;
  onDown(reason: LinkEnd, closeCode?: number, cause?: unknown): void;
}

const NORMAL_CLOSURE = 1000;

export function createLink(options: LinkOptions): Link {
  const { clock, requestTimeoutMs } = options;
  const pending = new Map<string, (outcome: Outcome) => void>();
  const timers = new Set<() => void>();
  const dialledAt = clock.now();
  let socket: WebSocketLike | undefined;
  let state: 'dialling' | 'open' | 'over' = 'dialling';
  let heard = 0;
  let requests = 0;
  let refused = false;
  let isRetiring = false;

  function after(delayMs: number, callback: () => void): () => void {
    if (state === 'over') return () => {};
    const forget = () => {
      cancel();
      timers.delete(forget);
    };
    const cancel = clock.after(delayMs, () => {
      forget();
      callback();
    });
    timers.add(forget);
    return forget;
  }

  function end(): boolean {
    if (state === 'over') return false;
    state = 'over';
    for (const cancel of timers) cancel();
    socket?.close(NORMAL_CLOSURE);
    return true;
  }

  function abandon(): void {
    for (const settle of pending.values()) settle(disconnected());
  }

  function fail(reason: LinkEnd, closeCode?: number, cause?: unknown): void {
    if (!end()) return;
    // The owner first: by the time that requests fail, it knows which link is the current one.
    options.onDown(reason, closeCode, cause);
    abandon();
  }

  function endIfDone(): void {
    if (isRetiring && pending.size === 0) end();
  }

  function receive(data: unknown): void {
    const frame = parseFrame(data);
    if (state !== 'open' || frame === undefined) return;
    heard += 1;
    if (frame.id === undefined) options.onFrame(frame);
    else pending.get(frame.id)?.(frame.type === 'error' ? fromErrorFrame(frame) : (frame as Reply));
  }

  function attach(dialled: WebSocketLike): void {
    if (state === 'over') {
      dialled.close();
      return;
    }
    socket = dialled;
    socket.addEventListener('open', () => {
      if (state !== 'dialling') return;
      state = 'open';
      opening();
      options.onOpen();
    });
    socket.addEventListener('message', ({ data }) => receive(data));
    // Only some sockets tell the status of a refused upgrade; a close event follows in any case.
    socket.addEventListener('error', ({ message }) => {
      refused ||= /\b40[13]\b/.test(message ?? '');
    });
    socket.addEventListener('close', ({ code }) => {
      const early = refused ? 'unauthorized' : 'unreachable';
      fail(state === 'open' ? 'lost' : early, code);
    });
  }

  /** `getToken` failed, or the socket could not even be made. */
  function rejected(cause: unknown): void {
    fail('unauthorized', undefined, cause);
  }

  const newRequestId = () => String(++requests);

  function tell(frame: ClientFrame, id = newRequestId()): void {
    if (state === 'open') socket?.send(JSON.stringify({ ...frame, id }));
  }

  const opening = after(requestTimeoutMs, () => fail('unreachable'));
  try {
    const dialled = options.dial();
    if ('then' in dialled) dialled.then(attach, rejected);
    else attach(dialled);
  } catch (cause) {
    // Told like every other failure: after the owner has taken hold of the link.
    after(0, () => rejected(cause));
  }

  const link: Link = {
    rooms: new Map(),
    failures: 0,
    isProbed: false,
    dialledAt,
    get isOpen() {
      return state === 'open';
    },
    get heard() {
      return heard;
    },
    request(frame, done) {
      if (state !== 'open') return done(disconnected());
      const id = newRequestId();
      const heardBefore = heard;
      const settle = (outcome: Outcome) => {
        pending.delete(id);
        forget();
        done(outcome);
        endIfDone();
      };
      const forget = after(requestTimeoutMs, () => {
        const problem = `No answer to ${frame.action} within ${requestTimeoutMs} ms.`;
        settle(new ChatClientError('TIMEOUT', problem, true));
        if (heard === heardBefore) options.onSilence(link);
      });
      pending.set(id, settle);
      tell(frame, id);
    },
    tell,
    after,
    fail,
    retire() {
      isRetiring = true;
      endIfDone();
    },
    close() {
      if (end()) abandon();
    },
  };
  return link;
}

function disconnected(): ChatClientError {
  return new ChatClientError('DISCONNECTED', 'There is no connection any more.', true);
}
