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
  const subscriptions = new Set<{ event: keyof Events; call: (payload: never) => void }>();

  return {
    on(event, call) {
      const subscription = { event, call };
      subscriptions.add(subscription);
      return () => void subscriptions.delete(subscription);
    },
    emit(event, payload) {
      for (const subscription of [...subscriptions]) {
        if (subscription.event !== event || !subscriptions.has(subscription)) continue;
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
