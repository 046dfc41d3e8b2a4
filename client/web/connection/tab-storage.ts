import type { ChatStorage } from '../../index.ts';
import { keepIn } from '../../keep-in.ts';

/**
 * Keeps what is not sent yet over a reload, for each tab and user apart. Positions are not kept: a
 * page that opens shows the newest messages, and not all that were missed since the last visit.
 */
export function createTabStorage(userId: string): ChatStorage {
  const keyOf = (key: string) => `${key}.${userId}`;
  return keepIn({
    getItem: (key) => (key === 'roomcast.outbox' ? sessionStorage.getItem(keyOf(key)) : null),
    setItem(key, value) {
      if (key === 'roomcast.outbox') sessionStorage.setItem(keyOf(key), value);
    },
  });
}
