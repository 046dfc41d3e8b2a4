/** What is used of a WebSocket: the standard EventTarget side, nothing else. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: SocketEventType, listener: (event: SocketEvent) => void): void;
}

export type SocketEventType = 'open' | 'message' | 'close' | 'error';

export interface SocketEvent {
  type: string;
  data?: unknown;
  code?: number;
  message?: string;
}

export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;
