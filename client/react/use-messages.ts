import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useChatHub } from './chat-provider.ts';
import { type MessagesStatus, type MessagesStore, NO_MESSAGES } from './messages-store.ts';

export interface UseMessagesOptions {
  /** How many earlier messages are loaded at first. Default 50; 0 for none. */
  history?: number;
}

export interface UseMessages extends MessagesStatus {
  /** Loads a page of earlier messages. Resolves when it is there, or when `error` tells why not. */
  readonly loadEarlier: () => Promise<void>;
  /** As `room.send`; the message is `pending` at once. */
  readonly send: MessagesStore['send'];
  /** Sends a failed message again. It is stored once, even if the first attempt had arrived. */
  readonly retry: (key: string) => void;
  /** Forgets a failed message. */
  readonly discard: (key: string) => void;
}

/**
 * The messages of a room: the newest of its history joined to what comes live, without a gap or a
 * duplicate, and own messages under way. The functions are the same as long as the room is.
 */
export function useMessages(
  roomId: string,
  { history = 50 }: UseMessagesOptions = {},
): UseMessages {
  const { messages } = useChatHub().room(roomId);
  const status = useSyncExternalStore(messages.subscribe, messages.get, () => NO_MESSAGES);
  // After the subscription above: that opens the room.
  useEffect(() => messages.wantHistory(history), [messages, history]);
  return useMemo(() => {
    const { loadEarlier, send, retry, discard } = messages;
    return { ...status, loadEarlier, send, retry, discard };
  }, [status, messages]);
}
