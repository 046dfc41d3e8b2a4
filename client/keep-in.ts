import { ChatClientError } from './errors.ts';
import type { ChatStorage, TextStore } from './storage.ts';
import type { OutboxItem } from './types.ts';

const POSITIONS_KEY = 'roomcast.positions';
const OUTBOX_KEY = 'roomcast.outbox';
const POSITIONS_SAVE_AFTER_MS = 1_000;

/**
 * The `storage` of a client, as text in `localStorage` or whatever has its two calls. What cannot be
 * read counts as absent. Positions may be up to a second old after a crash: those messages are
 * delivered once more. Use one store per user.
 */
export const keepIn =
  (store: TextStore): ChatStorage =>
  (client) => {
    /** Of `load` and `stop`; what a call of long ago has read is of no use. */
    let calls = 0;
    let isOn = false;
    let cancelPositions: (() => void) | undefined;
    let outboxDirty = false;
    /** Of rooms that were not opened in this run, too. */
    let positions: Record<string, number> = {};

    async function bear<T>(work: () => T | Promise<T>): Promise<T | undefined> {
      try {
        return await work();
      } catch (cause) {
        client.onError(new ChatClientError('STORAGE', `The storage failed: ${cause}`));
        return undefined;
      }
    }

    const read = (key: string) =>
      bear(async () => JSON.parse((await store.getItem(key)) ?? 'null'));

    const write = (key: string, value: unknown) =>
      void bear(() => store.setItem(key, JSON.stringify(value)));

    function savePositions(): void {
      cancelPositions?.();
      cancelPositions = undefined;
      for (const { roomId, position } of client.rooms.values()) {
        if (position !== undefined) positions[roomId] = position;
      }
      write(POSITIONS_KEY, positions);
    }

    function saveOutbox(): void {
      if (!outboxDirty) return;
      outboxDirty = false;
      write(OUTBOX_KEY, client.outbox.items());
    }

    function positionsChanged(): void {
      if (isOn) cancelPositions ??= client.clock.after(POSITIONS_SAVE_AFTER_MS, savePositions);
    }

    function outboxChanged(): void {
      if (!isOn || outboxDirty) return;
      outboxDirty = true;
      queueMicrotask(saveOutbox);
    }

    return {
      async load(done) {
        const call = ++calls;
        const [seqs, items] = await Promise.all([read(POSITIONS_KEY), read(OUTBOX_KEY)]);
        if (call !== calls) return;
        isOn = true;
        positions = Object.fromEntries(
          Object.entries<number>(seqs ?? {}).filter(
            ([, seq]) => Number.isSafeInteger(seq) && seq >= 0,
          ),
        );
        for (const room of client.rooms.values()) {
          const position = positions[room.roomId];
          if (position !== undefined) room.startAt(position);
        }
        client.outbox.restore(Array.isArray(items) ? items.filter(isOutboxItem) : []);
        outboxChanged();
        done();
      },
      positionOf: (roomId) => positions[roomId],
      left(roomId) {
        delete positions[roomId];
        positionsChanged();
      },
      positionsChanged,
      outboxChanged,
      stop() {
        calls += 1;
        isOn = false;
        if (cancelPositions !== undefined) savePositions();
        saveOutbox();
      },
    };
  };

function isOutboxItem(item: Partial<OutboxItem> | null): boolean {
  return (
    typeof item?.roomId === 'string' &&
    typeof item.clientMessageId === 'string' &&
    typeof item.text === 'string' &&
    typeof item.queuedAt === 'number'
  );
}
