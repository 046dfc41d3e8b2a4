import type { SocketEvent, SocketEventType, WebSocketLike } from '../../../client/socket.ts';

/** The client's end of a simulated connection. */
export interface ClientSocket extends WebSocketLike {
  readonly isOpen: boolean;
  accept(): void;
  receive(frame: string): void;
  /** The end, as the client hears of it. */
  shut(code: number, problem?: string): void;
}

export interface ClientSocketOptions {
  onSend(frame: string): void;
  onClose(code: number): void;
}

export function createClientSocket({ onSend, onClose }: ClientSocketOptions): ClientSocket {
  const listeners: { type: SocketEventType; call: (event: SocketEvent) => void }[] = [];
  let state: 'connecting' | 'open' | 'closed' = 'connecting';

  function emit(type: SocketEventType, event: Partial<SocketEvent> = {}): void {
    for (const listener of listeners) if (listener.type === type) listener.call({ type, ...event });
  }

  function end(code: number, problem?: string): void {
    state = 'closed';
    if (problem !== undefined) emit('error', { message: problem });
    emit('close', { code });
  }

  return {
    get isOpen() {
      return state === 'open';
    },
    addEventListener: (type, call) => void listeners.push({ type, call }),
    send(frame) {
      if (state === 'connecting') throw new Error('The socket is not open yet.');
      if (state === 'open') onSend(frame);
    },
    close(code = 1005) {
      if (state === 'closed') return;
      onClose(code);
      end(code);
    },
    accept() {
      if (state !== 'connecting') return;
      state = 'open';
      emit('open');
    },
    receive(frame) {
      if (state === 'open') emit('message', { data: frame });
    },
    shut(code, problem) {
      if (state !== 'closed') end(code, problem);
    },
  };
}
