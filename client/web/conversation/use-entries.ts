import { useMemo } from 'react';
import type { Message } from '../../index.ts';
import type { PendingMessage } from '../../react/index.ts';
import type { Entry } from './timeline.ts';

const known = new WeakMap<Message, Entry>();

/** The same object for the same message, so that its row is not drawn again. */
function toEntry(message: Message, userId: string): Entry {
  const found = known.get(message);
  if (found !== undefined) return found;
  const entry: Entry = { kind: 'message', message, isOwn: message.userId === userId };
  known.set(message, entry);
  return entry;
}

/** Messages and, below them, own ones under way. */
export function useEntries(
  messages: readonly Message[],
  pending: readonly PendingMessage[],
  userId: string,
): readonly Entry[] {
  return useMemo(
    () => [
      ...messages.map((message) => toEntry(message, userId)),
      ...pending.map((item): Entry => ({ kind: 'pending', pending: item })),
    ],
    [messages, pending, userId],
  );
}
