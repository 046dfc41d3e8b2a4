import type { ChatClient, Clock } from '../index.ts';
import { typing } from '../typing.ts';
import { type ConnectionStatus, createConnectionStore } from './connection-store.ts';
import { createMessagesStore, type MessagesStore } from './messages-store.ts';
import { createPresenceStore, type PresenceStore } from './presence-store.ts';
import { createRoomHold } from './room-hold.ts';
import { createRoomStore, type RoomStatus } from './room-store.ts';
import type { SharedStore } from './shared-store.ts';
import { createTypingStore } from './typing-store.ts';

/** Everything that components share about one client. */
export interface ChatHub {
  readonly connection: SharedStore<ConnectionStatus>;
  room(roomId: string): RoomStores;
  /** Connects; the returned function closes the client once nobody has it open. */
  open(): () => void;
}

export interface RoomStores {
  readonly status: SharedStore<RoomStatus>;
  readonly messages: MessagesStore;
  readonly presence: PresenceStore;
  readonly typing: SharedStore<readonly string[]>;
  notifyTyping(): void;
}

export type Timers = Pick<Clock, 'after'>;

const systemTimers: Timers = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** `createClient` is called when a component is first mounted: neither on a server nor in a render. */
export function createChatHub(
  createClient: () => ChatClient,
  timers: Timers = systemTimers,
): ChatHub {
  /** Kept for good: callbacks stay the same over a remount, and a room that is not shown is small. */
  const rooms = new Map<string, RoomStores>();
  let client: ChatClient | undefined;
  let owners = 0;

  function theClient(): ChatClient {
    client ??= createClient();
    return client;
  }

  function createStores(roomId: string): RoomStores {
    const hold = createRoomHold(roomId, theClient);
    return {
      status: createRoomStore(hold),
      messages: createMessagesStore(hold, timers),
      presence: createPresenceStore(hold),
      typing: createTypingStore(hold, timers),
      notifyTyping: () => hold.room && typing(hold.room),
    };
  }

  return {
    connection: createConnectionStore(theClient),
    room(roomId) {
      const stores = rooms.get(roomId) ?? createStores(roomId);
      rooms.set(roomId, stores);
      return stores;
    },
    open() {
      owners += 1;
      void theClient().connect();
      return () => {
        owners -= 1;
        // StrictMode mounts again at once: that must cost no second connection.
        queueMicrotask(() => {
          if (owners === 0) theClient().close();
        });
      };
    },
  };
}

const hubs = new WeakMap<ChatClient, ChatHub>();

/** One hub per client, so that two providers of the same client share their rooms. */
export function hubOf(client: ChatClient): ChatHub {
  const hub = hubs.get(client) ?? createChatHub(() => client);
  hubs.set(client, hub);
  return hub;
}
