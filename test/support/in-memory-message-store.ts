import { RECEIPT_LIFETIME_MS } from '../../shared/domain/limits.ts';
import type { Clock, MessageStore, Receipt } from '../../shared/domain/ports.ts';
import { type Calls, createCalls } from './calls.ts';
import type { InMemoryLog } from './in-memory-log.ts';

interface InMemoryMessageStoreOptions {
  log: InMemoryLog;
  clock: Clock;
  calls?: Calls;
}

/** Messages and receipts, both or neither, as the transaction of the real store writes them. */
export function createInMemoryMessageStore(options: InMemoryMessageStoreOptions): MessageStore {
  const { log, clock, calls = createCalls() } = options;
  const receipts = new Map<string, Receipt>();
  const keyOf = (...parts: string[]) => JSON.stringify(parts);

  function liveReceipt(key: string): Receipt | undefined {
    const receipt = receipts.get(key);
    const isLive = receipt !== undefined && receipt.sentAt + RECEIPT_LIFETIME_MS > clock.now();
    return isLive ? receipt : undefined;
  }

  return {
    findReceipt: (roomId, userId, clientMessageId) =>
      calls.through('store.findReceipt', () => liveReceipt(keyOf(roomId, userId, clientMessageId))),

    append: (message, expiresAt) =>
      calls.through('store.append', () => {
        const { roomId, userId, clientMessageId, seq, messageId, sentAt } = message;
        const key =
          clientMessageId === undefined ? undefined : keyOf(roomId, userId, clientMessageId);
        const receipt = key === undefined ? undefined : liveReceipt(key);
        if (receipt !== undefined && receipt.messageId !== messageId) {
          return { outcome: 'already-stored', receipt } as const;
        }
        const standing = log.at(roomId, seq)?.entry;
        const isOwn = standing?.kind === 'message' && standing.messageId === messageId;
        if (isOwn) return { outcome: 'stored' } as const;
        if (standing !== undefined) return { outcome: 'number-taken' } as const;
        log.insert({ entry: message, expiresAt });
        if (key !== undefined) receipts.set(key, { seq, messageId, sentAt });
        return { outcome: 'stored' } as const;
      }),
  };
}
