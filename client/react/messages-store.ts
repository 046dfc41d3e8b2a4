import type { ChatError, Clock, Message, RoomEvents, SendOptions, Sent } from '../index.ts';
import { createHistoryLoader, type HistoryLoader } from './history-loader.ts';
import { createPendingList, type PendingList, type PendingMessage } from './pending-list.ts';
import type { RoomHold } from './room-hold.ts';
import { createSharedStore, type SharedStore } from './shared-store.ts';
import { createThrottle } from './throttle.ts';

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

/** A burst is shown in as many steps as an eye can follow: each of them draws the page anew. */
const STEP_MS = 50;

/** The messages of a room as one list: history, what comes live, and own messages under way. */
export function createMessagesStore(hold: RoomHold, clock: Pick<Clock, 'after'>): MessagesStore {
  let history: HistoryLoader | undefined;
  let pending: PendingList | undefined;

  const store = createSharedStore(NO_MESSAGES, (set) => {
    const room = hold.acquire();
    let messages: readonly Message[] = [];
    /** Live ones that are not among them yet. */
    let arrived: Message[] = [];
    /** From before a reset, shown until the reload is there. */
    let stale: readonly Message[] = [];
    let gap: RoomEvents['gap'] | undefined;
    let reset: RoomEvents['reset'] | undefined;

    const step = createThrottle(clock, STEP_MS, show);
    const sending = createPendingList(room, show);
    const firstKnown = () => (messages[0] ?? arrived[0])?.seq;
    const loader = createHistoryLoader({
      room,
      firstKnown,
      onPage(page) {
        const first = firstKnown() ?? Number.POSITIVE_INFINITY;
        stale = [];
        messages = [...page.filter(({ seq }) => seq < first), ...messages];
      },
      onChange: show,
    });

    function show(): void {
      const { hasEarlier, isLoading, error } = loader;
      if (arrived.length > 0) messages = [...messages, ...arrived];
      arrived = [];
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
        arrived.push(message);
        gap = undefined;
        sending.shown(message);
        sending.settle();
        step.call();
      }),
      room.on('gap', (found) => {
        gap = found;
        show();
      }),
      room.on('reset', (found) => {
        const kept = Math.min(found.after, found.resumedAt);
        stale = [...stale, ...messages, ...arrived].filter(({ seq }) => seq <= kept);
        messages = [];
        arrived = [];
        gap = undefined;
        reset = found;
        if (found.reason === 'rewound') sending.lost(found.resumedAt);
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
      step.stop();
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
