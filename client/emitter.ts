import type { Listener, Unsubscribe } from './types.ts';

export interface Emitter<Events> {
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): Unsubscribe;
  emit<E extends keyof Events>(event: E, payload: Events[E]): void;
}

/**
 * A listener that throws disturbs neither the others nor the library: its error surfaces on its own,
 * as with an EventTarget.
 */
export function createEmitter<Events>(surface = throwLater): Emitter<Events> {
  type Subscription = { event: keyof Events | undefined; call: (payload: never) => void };
  /** Replaced, never changed: an event reaches those that were there when it began. */
  let subscriptions: readonly Subscription[] = [];

  return {
    on(event, call) {
      const subscription: Subscription = { event, call };
      subscriptions = [...subscriptions, subscription];
      return () => {
        // At once, also for an event that is under way.
        subscription.event = undefined;
        subscriptions = subscriptions.filter(({ event }) => event);
      };
    },
    emit(event, payload) {
      for (const subscription of subscriptions) {
        if (subscription.event !== event) continue;
        try {
          subscription.call(payload as never);
        } catch (error) {
          surface(error);
        }
      }
    },
  };
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
