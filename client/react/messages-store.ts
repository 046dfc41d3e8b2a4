import type { ChatError, Message, RoomEvents, SendOptions, Sent } from '../index.ts';
import { createHistoryLoader, type HistoryLoader } from './history-loader.ts';
import { createPendingList, type PendingList, type PendingMessage } from './pending-list.ts';
import type { RoomHold } from './room-hold.ts';
import { createSharedStore, type SharedStore } from './shared-store.ts';

export interface MessagesStatus {
  /** Ascending, every message once. */
  readonly messages: readonly Message[];
  /** Own messages that are not among them yet, oldest first. */
  readonly pending: readonly PendingMessage[];
  readonly hasEarlier: boolean;
  readonly isLoading: boolean;
  /** Why history could not be loaded. It is tried again when the room is live. */
  readonly error: ChatError | undefined;
  /** Messages after that number are late and are being fetched. */
  readonly gap: RoomEvents['gap'] | undefined;
  /** The last time that messages were lost for good. The newest ones were loaded anew. */
  readonly reset: RoomEvents['reset'] | undefined;
}

export interface MessagesStore extends SharedStore<MessagesStatus> {
  wantHistory(count: number): void;
  loadEarlier(): Promise<void>;
  send(text: string, options?: SendOptions): Promise<Sent>;
  retry(key: string): void;
  discard(key: string): void;
}

/** What is shown before the room is mounted, and on a server. */
export const NO_MESSAGES: MessagesStatus = {
  messages: [],
  pending: [],
  hasEarlier: false,
  isLoading: true,
  error: undefined,
  gap: undefined,
  reset: undefined,
};

/** The messages of a room as one list: history, what comes live, and own messages under way. */
export function createMessagesStore(hold: RoomHold): MessagesStore {
  let history: HistoryLoader | undefined;
  let pending: PendingList | undefined;

  const store = createSharedStore(NO_MESSAGES, (set) => {
    const room = hold.acquire();
    let messages: readonly Message[] = [];
    /** From before a reset, shown until the reload is there. */
    let stale: readonly Message[] = [];
    let gap: RoomEvents['gap'] | undefined;
    let reset: RoomEvents['reset'] | undefined;

    const sending = createPendingList(room, show);
    const loader = createHistoryLoader({
      room,
      firstKnown: () => messages[0]?.seq,
      onPage(page) {
        const first = messages[0]?.seq ?? Number.POSITIVE_INFINITY;
        stale = [];
        messages = [...page.filter(({ seq }) => seq < first), ...messages];
      },
      onChange: show,
    });

    function show(): void {
      const { hasEarlier, isLoading, error } = loader;
      set({
        messages: stale.length === 0 ? messages : [...stale, ...messages],
        pending: sending.items,
        hasEarlier,
        isLoading,
        error,
        gap,
        reset,
      });
    }

    const subscriptions = [
      room.on('message', (message) => {
        messages = [...messages, message];
        gap = undefined;
        sending.shown(message);
        sending.settle();
        show();
      }),
      room.on('gap', (found) => {
        gap = found;
        show();
      }),
      room.on('reset', (found) => {
        const kept = Math.min(found.after, found.resumedAt);
        stale = [...stale, ...messages].filter(({ seq }) => seq <= kept);
        messages = [];
        gap = undefined;
        reset = found;
        sending.settle();
        loader.restart();
        show();
      }),
      room.on('state', ({ state }) => {
        if (state !== 'live') return;
        gap = undefined;
        loader.resume();
        show();
      }),
    ];
    history = loader;
    pending = sending;
    show();
    return () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      loader.stop();
      sending.stop();
      history = undefined;
      pending = undefined;
      hold.release();
    };
  });

  return {
    ...store,
    wantHistory: (count) => history?.want(count),
    loadEarlier: async () => history?.loadEarlier(),
    send(text, options) {
      const room = hold.acquire();
      try {
        return (pending ?? room).send(text, options);
      } finally {
        hold.release();
      }
    },
    retry: (key) => void pending?.retry(key),
    discard: (key) => pending?.discard(key),
  };
}
