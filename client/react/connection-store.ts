import type { ChatClient, ChatError, ConnectionState, DownReason } from '../index.ts';
import { createSharedStore, type SharedStore } from './shared-store.ts';

export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** With `waiting`: why, and after how long the next attempt is made. */
  readonly reason?: DownReason;
  readonly retryInMs?: number;
  /** The code of the close frame, if there was one. */
  readonly closeCode?: number | undefined;
  /** The last thing that went wrong since the connection was open. */
  readonly error?: ChatError;
}

/** What is shown before there is a client, and on a server. */
export const IDLE: ConnectionStatus = { state: 'idle' };

export function createConnectionStore(client: () => ChatClient): SharedStore<ConnectionStatus> {
  return createSharedStore(IDLE, (set) => {
    const source = client();
    let status: ConnectionStatus = { state: source.state };
    const become = (next: ConnectionStatus) => {
      status = next;
      set(next);
    };
    become(status);
    const subscriptions = [
      source.on('state', ({ previous: _, ...change }) => {
        const { error } = status;
        become(change.state === 'open' || error === undefined ? change : { ...change, error });
      }),
      source.on('error', (error) => become({ ...status, error })),
    ];
    return () => {
      for (const unsubscribe of subscriptions) unsubscribe();
    };
  });
}
