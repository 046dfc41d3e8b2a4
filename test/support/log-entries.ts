import type { Message, StoredEntry, VoidEntry } from '../../shared/domain/message.ts';
import { NOON } from './fake-clock.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;

export function aMessage(overrides: Partial<Message> = {}): Message {
  const { seq = 1, sentAt = NOON } = overrides;
  return {
    kind: 'message',
    roomId: 'lobby',
    seq,
    messageId: `01TEST${String(seq).padStart(20, '0')}`,
    userId: 'ada',
    text: `message ${seq}`,
    receivedAt: sentAt,
    sentAt,
    ...overrides,
  };
}

export function aVoid(overrides: Partial<VoidEntry> = {}): VoidEntry {
  return { kind: 'void', roomId: 'lobby', seq: 1, sentAt: NOON, ...overrides };
}

/** A message as it stands in the store, kept for 30 days. */
export function aStoredMessage(overrides: Partial<Message> = {}): StoredEntry {
  const entry = aMessage(overrides);
  return { entry, expiresAt: entry.sentAt + 30 * DAY_MS };
}
