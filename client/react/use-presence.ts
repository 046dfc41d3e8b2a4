import { useMemo, useSyncExternalStore } from 'react';
import { useChatHub } from './chat-provider.ts';
import { NO_PRESENCE, type PresenceStatus } from './presence-store.ts';

export interface UsePresence extends PresenceStatus {
  /** Asks again. The same function as long as the room is the same. */
  readonly refresh: () => void;
}

/** Who is in the room; kept up by pushes, and asked for anew after every reconnect. */
export function usePresence(roomId: string): UsePresence {
  const { presence } = useChatHub().room(roomId);
  const status = useSyncExternalStore(presence.subscribe, presence.get, () => NO_PRESENCE);
  return useMemo(() => ({ ...status, refresh: presence.refresh }), [status, presence]);
}
