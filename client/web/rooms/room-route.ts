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
