import type { ChatError, RoomEvents, RoomState } from '../index.ts';
import { presence } from '../presence.ts';
import type { RoomHold } from './room-hold.ts';
import { createSharedStore, type SharedStore } from './shared-store.ts';

export interface PresenceStatus {
  /** Sorted. In a room of more than 200 connections these are not all of them. */
  readonly users: readonly string[];
  /** Connections in the room; undefined until it was first told. */
  readonly count: number | undefined;
  readonly isLoading: boolean;
  /** Why the last question was not answered. */
  readonly error: ChatError | undefined;
}

export interface PresenceStore extends SharedStore<PresenceStatus> {
  /** Asks again: pushes are switched off in rooms above some size. */
  refresh(): void;
}

/** What is shown before the room is mounted, and on a server. */
export const NO_PRESENCE: PresenceStatus = {
  users: [],
  count: undefined,
  isLoading: true,
  error: undefined,
};

/** Asks whenever the room gets live, since pushes may have been missed; pushes keep it up from there. */
export function createPresenceStore(hold: RoomHold): PresenceStore {
  let ask = () => {};

  const store = createSharedStore(NO_PRESENCE, (set) => {
    const room = hold.acquire();
    const latePushes: RoomEvents['presence'][] = [];
    let status = NO_PRESENCE;
    let question = 0;

    function become(change: Partial<PresenceStatus>): void {
      status = { ...status, ...change };
      set(status);
    }

    function apply({ joined, left, count }: RoomEvents['presence']): void {
      const users = new Set(status.users);
      for (const userId of joined) users.add(userId);
      for (const userId of left) users.delete(userId);
      become({ users: [...users].sort(), count });
    }

    ask = () => {
      question += 1;
      const asked = question;
      latePushes.length = 0;
      become({ isLoading: true });
      presence(room).then(
        ({ users, count }) => {
          if (asked !== question) return;
          become({ users, count, isLoading: false, error: undefined });
          // The answer may be older than they are.
          for (const push of latePushes.splice(0)) apply(push);
        },
        (error: ChatError) => {
          if (asked === question) become({ isLoading: false, error });
        },
      );
    };

    const subscriptions = [
      room.on('presence', (push) => {
        if (status.isLoading) latePushes.push(push);
        apply(push);
      }),
      room.on('state', ({ state, previous }) => {
        if (isMember(state) && !isMember(previous)) ask();
      }),
    ];
    if (isMember(room.state)) ask();
    return () => {
      ask = () => {};
      question += 1;
      for (const unsubscribe of subscriptions) unsubscribe();
      hold.release();
    };
  });

  return { ...store, refresh: () => ask() };
}

/** Catching up concerns messages only. */
const isMember = (state: RoomState) => state === 'live' || state === 'catching-up';
