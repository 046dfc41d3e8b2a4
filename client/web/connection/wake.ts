import type { WakeSource } from '../../index.ts';

export interface Wake {
  source: WakeSource;
  /** Somebody does not want to wait for the next attempt. */
  now(): void;
}

/** The network is back, the page is visible again, or somebody says so. */
export function createWake(): Wake {
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of [...listeners]) listener();
  };
  const onVisibility = () => {
    if (document.visibilityState === 'visible') wake();
  };
  return {
    now: wake,
    source(listener) {
      listeners.add(listener);
      window.addEventListener('online', listener);
      document.addEventListener('visibilitychange', onVisibility);
      return () => {
        listeners.delete(listener);
        window.removeEventListener('online', listener);
        document.removeEventListener('visibilitychange', onVisibility);
      };
    },
  };
}
