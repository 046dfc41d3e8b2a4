import { BEARER_SUBPROTOCOL_PREFIX, SUBPROTOCOL } from '../shared/protocol/frames.ts';
import type { WebSocketConstructor, WebSocketLike } from './socket.ts';
import type { ChatClientOptions } from './types.ts';

export interface Dialler {
  dial(): WebSocketLike | Promise<WebSocketLike>;
  /** Who the server takes us for, as far as is known. */
  readonly userId: string | undefined;
}

/** Opens sockets with a fresh token each. */
export function createDialler(options: ChatClientOptions): Dialler {
  const { getToken, tokenIn = 'protocol' } = options;
  const Socket = options.WebSocket ?? globalWebSocket();
  let { userId } = options;

  function open(token: string | undefined): WebSocketLike {
    const url = new URL(options.url);
    if (options.userId !== undefined) url.searchParams.set('userId', options.userId);
    if (token === undefined) return new Socket(url.href);
    userId = options.userId ?? subjectOf(token);
    if (tokenIn === 'protocol') {
      return new Socket(url.href, [SUBPROTOCOL, `${BEARER_SUBPROTOCOL_PREFIX}${token}`]);
    }
    url.searchParams.set('token', token);
    return new Socket(url.href);
  }

  return {
    dial() {
      const token = getToken?.();
      return typeof token === 'object' ? token.then(open) : open(token);
    },
    get userId() {
      return userId;
    },
  };
}

function globalWebSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketConstructor };
  if (WebSocket !== undefined) return WebSocket;
  throw new TypeError('There is no global WebSocket: pass one as an option.');
}

/** The server checks the token; this only tells own messages from those of others. */
function subjectOf(token: string): string | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    return JSON.parse(atob(payload)).sub;
  } catch {
    return undefined;
  }
}
