import { history } from '../history.ts';
import type { ChatError, Message, Room } from '../index.ts';

/** Loads the messages before those that came live, page by page, backwards. */
export interface HistoryLoader {
  readonly hasEarlier: boolean;
  readonly isLoading: boolean;
  readonly error: ChatError | undefined;
  /** At least so many messages in all, as far as there are any. */
  want(count: number): void;
  /** One page more. Resolves when it is there, or when it failed; never rejects. */
  loadEarlier(): Promise<void>;
  /** Goes on where a failure stopped it. */
  resume(): void;
  /** Forgets what was loaded and loads the newest again. */
  restart(): void;
  stop(): void;
}

export interface HistoryLoaderOptions {
  room: Room;
  /** The first message that is known already, if any: pages end before it. */
  firstKnown(): number | undefined;
  /** Ascending; `onChange` follows. */
  onPage(messages: readonly Message[]): void;
  onChange(): void;
}

const PAGE_MESSAGES = 50;
/** The protocol's limit. */
const PAGE_MAX_MESSAGES = 100;

export function createHistoryLoader(options: HistoryLoaderOptions): HistoryLoader {
  const { room } = options;
  let cursor: number | 'newest' | 'end' = 'newest';
  let wanted = 0;
  let loaded = 0;
  let missing = 0;
  /** A page that was asked for in an earlier era is of no use any more. */
  let era = 0;
  let error: ChatError | undefined;
  let loading: Promise<void> | undefined;

  async function page(limit: number): Promise<void> {
    const asked = era;
    const before = cursor === 'newest' ? options.firstKnown() : cursor;
    const query = typeof before === 'number' ? { before, limit } : { limit };
    const found = await history(room, query);
    if (asked !== era) return;
    cursor = found.before ?? 'end';
    loaded += found.messages.length;
    missing -= found.messages.length;
    options.onPage(found.messages);
  }

  async function loadMissing(): Promise<void> {
    const started = era;
    try {
      while (started === era && missing > 0 && cursor !== 'end') {
        await page(Math.min(missing, PAGE_MAX_MESSAGES));
        if (missing > 0) options.onChange();
      }
    } catch (cause) {
      if (started === era) error = cause as ChatError;
    }
    if (started !== era) return;
    loading = undefined;
    options.onChange();
  }

  function load(): Promise<void> {
    if (loading === undefined) {
      if (missing <= 0 || cursor === 'end') return Promise.resolve();
      error = undefined;
      loading = loadMissing();
      options.onChange();
    }
    return loading;
  }

  function want(count: number): void {
    wanted = Math.max(wanted, count);
    missing = Math.max(missing, wanted - loaded);
    void load();
  }

  return {
    get hasEarlier() {
      return cursor !== 'end';
    },
    get isLoading() {
      return loading !== undefined;
    },
    get error() {
      return error;
    },
    want,
    loadEarlier() {
      if (loading === undefined) missing = PAGE_MESSAGES;
      return load();
    },
    resume() {
      if (error !== undefined) void load();
    },
    restart() {
      era += 1;
      cursor = 'newest';
      loaded = 0;
      missing = 0;
      error = undefined;
      loading = undefined;
      want(wanted);
    },
    stop() {
      era += 1;
    },
  };
}
