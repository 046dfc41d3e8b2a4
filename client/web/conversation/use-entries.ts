import { useMemo, useState } from 'react';
import type { Message } from '../../index.ts';
import type { PendingMessage } from '../../react/index.ts';
import type { Entry } from './timeline.ts';

/** Messages and, below them, own ones under way. */
export function useEntries(
  messages: readonly Message[],
  pending: readonly PendingMessage[],
  userId: string,
): readonly Entry[] {
  const [toEntries] = useState(createEntries);
  return useMemo(
    () => [
      ...toEntries(messages, userId),
      ...pending.map((item): Entry => ({ kind: 'pending', pending: item })),
    ],
    [toEntries, messages, pending, userId],
  );
}

/**
 * The same object for the same message, so that its row is not drawn again. A list that has only grown
 * at its end is not gone through again, however long it is.
 */
function createEntries() {
  const known = new WeakMap<Message, Entry>();
  let before: readonly Message[] = [];
  let entries: readonly Entry[] = [];

  function toEntry(message: Message, userId: string): Entry {
    const found = known.get(message);
    if (found !== undefined) return found;
    const entry: Entry = { kind: 'message', message, isOwn: message.userId === userId };
    known.set(message, entry);
    return entry;
  }

  return (messages: readonly Message[], userId: string): readonly Entry[] => {
    const hasGrown = messages[0] === before[0] && messages[before.length - 1] === before.at(-1);
    const start = hasGrown ? before.length : 0;
    const added = messages.slice(start).map((message) => toEntry(message, userId));
    entries = [...entries.slice(0, start), ...added];
    before = messages;
    return entries;
  };
}
