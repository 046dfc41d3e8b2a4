import type { WakeSource } from './types.ts';

interface EventSource {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** The network is back, or the page is visible again. Without a browser: never. */
export const browserWake: WakeSource = (listener) => {
  const scope = globalThis as Partial<EventSource> & {
    document?: EventSource & { visibilityState: string };
  };
  const page = scope.document;
  const onVisibility = () => {
    if (page?.visibilityState === 'visible') listener();
  };
  scope.addEventListener?.('online', listener);
  page?.addEventListener('visibilitychange', onVisibility);
  return () => {
    scope.removeEventListener?.('online', listener);
    page?.removeEventListener('visibilitychange', onVisibility);
  };
};
