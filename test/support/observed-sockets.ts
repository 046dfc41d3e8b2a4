import { WebSocket } from 'ws';
import type { WebSocketConstructor, WebSocketLike } from '../../client/index.ts';

/** Real sockets of which the test keeps hold. */
export interface ObservedSockets {
  WebSocket: WebSocketConstructor;
  /** Connections tried, opened, and refused by the status of the answer. */
  readonly attempts: number;
  readonly opened: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Ends every open connection without a close frame. */
  cutAll(): void;
}

export interface ObserveOptions {
  /** Default: a new socket of the `ws` package. */
  open?: (url: string, protocols?: string[]) => WebSocket;
  /** Of the bytes of a frame, once for all who read it. Default: UTF-8. */
  decode?: (bytes: Buffer) => string;
  /** Called with every frame that comes in, before anybody else reads it. */
  onFrame?: (text: string) => void;
}

export const openSocket = (url: string, protocols?: string[]) => new WebSocket(url, protocols);

export function observeSockets({
  open: dialSocket = openSocket,
  decode = String,
  onFrame = () => {},
}: ObserveOptions = {}): ObservedSockets {
  const open = new Set<WebSocket>();
  const refused: Record<string, number> = {};
  let attempts = 0;
  let opened = 0;

  function dial(url: string, protocols?: string[]): WebSocketLike {
    attempts += 1;
    const socket = dialSocket(url, protocols);
    socket.on('open', () => {
      opened += 1;
      open.add(socket);
    });
    let text = '';
    // Before the library listens, so that it has the text when its turn comes.
    socket.on('message', (data: Buffer) => {
      text = decode(data);
      onFrame(text);
    });
    socket.on('close', () => open.delete(socket));
    socket.on('error', ({ message }) => {
      const status = /response: (\d+)/.exec(message)?.[1] ?? 'no answer';
      refused[status] = (refused[status] ?? 0) + 1;
    });
    return {
      send: (data) => socket.send(data),
      close: (code, reason) => socket.close(code, reason),
      addEventListener(type, listener) {
        if (type === 'message') socket.on(type, () => listener({ type, data: text }));
        else socket.addEventListener(type, listener as never);
      },
    };
  }

  return {
    // A constructor that returns an object yields that object.
    WebSocket: function observed(url: string, protocols?: string[]) {
      return dial(url, protocols);
    } as unknown as WebSocketConstructor,
    get attempts() {
      return attempts;
    },
    get opened() {
      return opened;
    },
    refused,
    cutAll() {
      for (const socket of open) socket.terminate();
    },
  };
}
