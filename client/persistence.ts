import type { ChatStorage, Clock, OutboxItem } from './types.ts';

/** What outlives the process or the page. */
export interface Saved {
  positions: Record<string, number>;
  outbox: OutboxItem[];
}

export interface Persistence {
  load(): Promise<Saved>;
  /** Soon: positions change with every message. */
  positionsChanged(): void;
  /** With the end of the current task. */
  outboxChanged(): void;
  /** Now. */
  flush(): void;
}

export interface PersistenceOptions {
  storage: ChatStorage;
  clock: Clock;
  current(): Saved;
  onError(cause: unknown): void;
}

const POSITIONS_KEY = 'roomcast.positions';
const OUTBOX_KEY = 'roomcast.outbox';
const POSITIONS_SAVE_AFTER_MS = 1_000;

/** Positions may be up to a second old after a crash: those messages are delivered once more. */
export function createPersistence({
  storage,
  clock,
  current,
  onError,
}: PersistenceOptions): Persistence {
  let cancelPositions: (() => void) | undefined;
  let outboxDirty = false;

  async function read(key: string): Promise<unknown> {
    try {
      return JSON.parse((await storage.load(key)) ?? 'null');
    } catch (cause) {
      onError(cause);
      return null;
    }
  }

  async function write(key: string, value: unknown): Promise<void> {
    try {
      await storage.save(key, JSON.stringify(value));
    } catch (cause) {
      onError(cause);
    }
  }

  function savePositions(): void {
    cancelPositions?.();
    cancelPositions = undefined;
    void write(POSITIONS_KEY, current().positions);
  }

  function saveOutbox(): void {
    if (!outboxDirty) return;
    outboxDirty = false;
    void write(OUTBOX_KEY, current().outbox);
  }

  return {
    async load() {
      const [positions, outbox] = await Promise.all([read(POSITIONS_KEY), read(OUTBOX_KEY)]);
      return {
        positions: Object.fromEntries(
          Object.entries(positions ?? {}).filter(
            ([, seq]) => Number.isSafeInteger(seq) && seq >= 0,
          ),
        ),
        outbox: Array.isArray(outbox) ? outbox.filter(isOutboxItem) : [],
      };
    },
    positionsChanged() {
      cancelPositions ??= clock.after(POSITIONS_SAVE_AFTER_MS, savePositions);
    },
    outboxChanged() {
      if (outboxDirty) return;
      outboxDirty = true;
      queueMicrotask(saveOutbox);
    },
    flush() {
      if (cancelPositions !== undefined) savePositions();
      saveOutbox();
    },
  };
}

function isOutboxItem(item: Partial<OutboxItem> | null): boolean {
  return (
    typeof item?.roomId === 'string' &&
    typeof item.clientMessageId === 'string' &&
    typeof item.text === 'string' &&
    typeof item.queuedAt === 'number'
  );
}
