import type { SocketEvent, SocketEventType, WebSocketLike } from '../../../client/socket.ts';

export interface FakeSocket extends WebSocketLike {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly readyState: 'connecting' | 'open' | 'closed';
  /** The server's side. */
  accept(): void;
  receive(data: string): void;
  shut(code: number, problem?: string): void;
  /** What the client did not want to hear any more can still be tried on it. */
  emit(type: SocketEventType, event?: Partial<SocketEvent>): void;
}

export interface FakeSocketOptions {
  url: string;
  protocols: string[];
  onSend(data: string): void;
  onClosed(): void;
}

export function createFakeSocket({
  url,
  protocols,
  onSend,
  onClosed,
}: FakeSocketOptions): FakeSocket {
  const listeners: { type: string; call: (event: SocketEvent) => void }[] = [];
  let readyState: FakeSocket['readyState'] = 'connecting';

  function emit(type: SocketEventType, event: Partial<SocketEvent> = {}): void {
    for (const listener of listeners) {
      if (listener.type === type) listener.call({ type, ...event });
    }
  }

  return {
    url,
    protocols,
    get readyState() {
      return readyState;
    },
    send(data) {
      if (readyState === 'connecting') throw new Error('The socket is not open yet.');
      if (readyState === 'open') onSend(data);
    },
    close(code = 1005) {
      if (readyState === 'closed') return;
      readyState = 'closed';
      onClosed();
      emit('close', { code });
    },
    addEventListener(type, call) {
      listeners.push({ type, call });
    },
    accept() {
      if (readyState !== 'connecting') return;
      readyState = 'open';
      emit('open');
    },
    receive(data) {
      if (readyState === 'open') emit('message', { data });
    },
    shut(code, problem) {
      if (readyState === 'closed') return;
      readyState = 'closed';
      onClosed();
      if (problem !== undefined) emit('error', { message: problem });
      emit('close', { code });
    },
    emit,
  };
}
