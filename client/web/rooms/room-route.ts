import { useSyncExternalStore } from 'react';
import { decode } from './room-id.ts';

/** Where the page is: `#/rooms/lobby`, or `#/` for the list. */
export type Route =
  | { view: 'room'; roomId: string }
  | { view: 'list' }
  /** No address at all: a first visit. */
  | { view: 'start' };

export function readRoute(hash: string): Route {
  const room = /^#\/rooms\/([^/?]+)/.exec(hash)?.[1];
  if (room !== undefined) return { view: 'room', roomId: decode(room) };
  return hash === '' || hash === '#' ? { view: 'start' } : { view: 'list' };
}

export const LIST_HREF = '#/';

export function roomHref(roomId: string): string {
  return `#/rooms/${encodeURIComponent(roomId)}`;
}

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
