import type { Clock } from '../index.ts';
import type { RoomHold } from './room-hold.ts';
import { createSharedStore, type SharedStore } from './shared-store.ts';

/** Whoever goes on typing says so every three seconds; one such frame may be lost or late. */
const TYPING_SHOWN_MS = 6_000;

/** What is shown before anybody types, and on a server. */
export const NOBODY: readonly string[] = [];

/** The users who type now, in the order in which they began. */
export function createTypingStore(
  hold: RoomHold,
  clock: Pick<Clock, 'after'>,
): SharedStore<readonly string[]> {
  return createSharedStore(NOBODY, (set) => {
    const room = hold.acquire();
    const expiries = new Map<string, () => void>();

    function show(): void {
      set(expiries.size === 0 ? NOBODY : [...expiries.keys()]);
    }

    function remove(userId: string): void {
      expiries.get(userId)?.();
      if (expiries.delete(userId)) show();
    }

    const subscriptions = [
      room.on('typing', ({ userId }) => {
        const cancel = expiries.get(userId);
        cancel?.();
        expiries.set(
          userId,
          clock.after(TYPING_SHOWN_MS, () => remove(userId)),
        );
        if (cancel === undefined) show();
      }),
      // Who has said it does not type it any more.
      room.on('message', ({ userId }) => remove(userId)),
    ];
    return () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      for (const cancel of expiries.values()) cancel();
      hold.release();
    };
  });
}
