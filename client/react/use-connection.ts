import { useSyncExternalStore } from 'react';
import { useChatHub } from './chat-provider.ts';
import { type ConnectionStatus, IDLE } from './connection-store.ts';

/** The state of the connection; while it is down, why and when the next attempt is made. */
export function useConnection(): ConnectionStatus {
  const { connection } = useChatHub();
  return useSyncExternalStore(connection.subscribe, connection.get, () => IDLE);
}
