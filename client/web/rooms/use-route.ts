import { useSyncExternalStore } from 'react';
import { type Route, readRoute } from './room-route.ts';

export function useRoute(): Route {
  return readRoute(useSyncExternalStore(subscribe, () => location.hash));
}

/** Another entry in the browser's history, or in place of the current one. */
export function goTo(href: string, { replace = false } = {}): void {
  if (replace) location.replace(href);
  else location.hash = href;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
