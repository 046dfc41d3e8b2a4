import { browserWake } from '../../client/browser-wake.ts';
import { ChatClient, type ChatClientOptions, type Clock, type Room } from '../../client/index.ts';
import type { RoomEvents } from '../../client/types.ts';

/** A client over the WebSocket that the platform brings, which can be watched and cut. */
export interface Visitor {
  client: ChatClient;
  /** The actions of all frames sent, in order. */
  readonly sent: string[];
  readonly sockets: WebSocket[];
  /** Timers that neither fired nor were cancelled. */
  readonly timers: number;
  /** What arrives from now on is lost if it fits. */
  lose(fits: (frame: Record<string, unknown>) => boolean): void;
  /** Ends the connection; no other one opens before `mend`. */
  cut(): void;
  mend(): void;
}

export function createVisitors() {
  const all: Visitor[] = [];
  return {
    visit(userId: string, options: Partial<ChatClientOptions> = {}): Visitor {
      const visitor = createVisitor(userId, options);
      all.push(visitor);
      return visitor;
    },
    leave(): void {
      for (const { client } of all.splice(0)) client.close();
    },
  };
}

/** Set by whoever runs the cases. */
function chatUrl(): string {
  const url = process.env.CHAT_URL;
  if (url === undefined) throw new Error('CHAT_URL names the WebSocket to test, ws://…/live.');
  return url;
}

function createVisitor(userId: string, options: Partial<ChatClientOptions>): Visitor {
  const sent: string[] = [];
  const sockets: WebSocket[] = [];
  const timers = new Set<object>();
  let isCut = false;
  let isLost = (_frame: Record<string, unknown>) => false;

  class WatchedWebSocket extends WebSocket {
    constructor(url: string, protocols?: string[]) {
      super(isCut ? url.replace('/live', '/nowhere') : url, protocols);
      sockets.push(this);
      // The first listener of all: the library hears only what this one lets pass.
      this.addEventListener('message', (event) => {
        if (isLost(JSON.parse(String(event.data)))) event.stopImmediatePropagation();
      });
    }
    override send(data: string): void {
      sent.push(JSON.parse(data).action);
      super.send(data);
    }
  }

  const clock: Clock = {
    now: () => Date.now(),
    after(delayMs, callback) {
      const handle = {};
      const timer = setTimeout(() => {
        timers.delete(handle);
        callback();
      }, delayMs);
      timers.add(handle);
      return () => {
        clearTimeout(timer);
        timers.delete(handle);
      };
    },
  };

  const client = new ChatClient({
    url: chatUrl(),
    userId,
    clock,
    WebSocket: WatchedWebSocket,
    onWake: browserWake,
    backoffBaseMs: 50,
    backoffMaxMs: 500,
    ...options,
  });
  return {
    client,
    sent,
    sockets,
    get timers() {
      return timers.size;
    },
    lose(fits) {
      isLost = fits;
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.close();
    },
    mend() {
      isCut = false;
    },
  };
}

/** The texts of the room's messages from now on, up to the one given. */
export function textsUntil(room: Room, last: string): Promise<string[]> {
  const texts: string[] = [];
  return new Promise((resolve) => {
    room.on('message', ({ text }) => {
      texts.push(text);
      if (text === last) resolve(texts);
    });
  });
}

/** The first event of its kind, from now on, that fits. */
export function eventOf<E extends 'typing' | 'presence' | 'state'>(
  room: Room,
  event: E,
  fits: (payload: RoomEvents[E]) => boolean,
): Promise<RoomEvents[E]> {
  return new Promise((resolve) => {
    room.on(event, (payload) => {
      if (fits(payload)) resolve(payload);
    });
  });
}

let names = 0;

/** A room that no other case and no other run has used. */
export function freshRoom(): string {
  names += 1;
  return `${names}-${Date.now().toString(36)}-${Math.floor(Math.random() * 2 ** 32).toString(36)}`;
}
