import { WebSocket } from 'ws';
import type { WebSocketConstructor } from '../../client/index.ts';

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
  /** Called with every frame that comes in, before anybody else reads it. */
  onFrame?: (text: string) => void;
}

export const openSocket = (url: string, protocols?: string[]) => new WebSocket(url, protocols);

export function observeSockets({
  open: dialSocket = openSocket,
  onFrame,
}: ObserveOptions = {}): ObservedSockets {
  const open = new Set<WebSocket>();
  const refused: Record<string, number> = {};
  let attempts = 0;
  let opened = 0;

  function dial(url: string, protocols?: string[]): WebSocket {
    attempts += 1;
    const socket = dialSocket(url, protocols);
    socket.on('open', () => {
      opened += 1;
      open.add(socket);
    });
    if (onFrame !== undefined) socket.on('message', (data) => onFrame(String(data)));
    socket.on('close', () => open.delete(socket));
    socket.on('error', ({ message }) => {
      const status = /response: (\d+)/.exec(message)?.[1] ?? 'no answer';
      refused[status] = (refused[status] ?? 0) + 1;
    });
    return socket;
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
