import { useSyncExternalStore } from 'react';

/** A value that outlives the page and is the same in all tabs; without a storage, for this page only. */
export interface StoredState<T> {
  get(): T;
  set(next: T): void;
  subscribe(listener: () => void): () => void;
}

/** @param read makes sense of what is stored, and of nothing: of `undefined`. */
export function createStoredState<T>(key: string, read: (stored: unknown) => T): StoredState<T> {
  const listeners = new Set<() => void>();
  let value = read(load(key));

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }

  function onStorage(event: StorageEvent): void {
    if (event.key !== key) return;
    value = read(parse(event.newValue));
    tell();
  }

  return {
    get: () => value,
    set(next) {
      value = next;
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Full or forbidden: it holds for as long as the page does.
      }
      tell();
    },
    subscribe(listener) {
      if (listeners.size === 0) window.addEventListener('storage', onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) window.removeEventListener('storage', onStorage);
      };
    },
  };
}

export function useStoredState<T>({ subscribe, get }: StoredState<T>): T {
  return useSyncExternalStore(subscribe, get);
}

function load(key: string): unknown {
  try {
    return parse(localStorage.getItem(key));
  } catch {
    return undefined;
  }
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
