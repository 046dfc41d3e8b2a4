import { useMemo, useSyncExternalStore } from 'react';
import { useChatHub } from './chat-provider.ts';
import { NOBODY } from './typing-store.ts';

export interface UseTyping {
  /** Who types now, in the order in which they began. A name goes after six seconds of silence. */
  readonly users: readonly string[];
  /** Tells the others, at most every three seconds: call it on every key. */
  readonly notify: () => void;
}

export function useTyping(roomId: string): UseTyping {
  const { typing, notifyTyping } = useChatHub().room(roomId);
  const users = useSyncExternalStore(typing.subscribe, typing.get, () => NOBODY);
  return useMemo(() => ({ users, notify: notifyTyping }), [users, notifyTyping]);
}
