import type { Message } from '../../shared/domain/message.ts';
import type { InMemoryChat } from './in-memory-chat.ts';
import { aStoredMessage } from './log-entries.ts';

/** Stores messages 1 to `count` in a room, an hour old, and moves its head there. */
export function fillRoom(
  { clock, log, rooms }: Pick<InMemoryChat, 'clock' | 'log' | 'rooms'>,
  roomId: string,
  count: number,
  overrides: Partial<Message> = {},
): void {
  const sentAt = clock.now() - 60 * 60 * 1000;
  for (let seq = 1; seq <= count; seq += 1) {
    log.insert(aStoredMessage({ roomId, seq, sentAt, ...overrides }));
  }
  rooms.put({ roomId, head: count, headAt: sentAt, createdAt: sentAt });
}
