import { LIMITS } from '../platform.ts';
import type { Places } from './places.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A shard of the stream with its mapping: polled on a beat, one batch after the other. */
export interface StreamShard<Stored> {
  add(record: Stored): void;
}

export interface StreamShardOptions<Stored> {
  time: VirtualTime;
  places: Places;
  /** Where between two beats it is polled, in milliseconds. */
  phaseMs: number;
  /** One invocation. @returns when it will have ended. */
  process(batch: readonly Stored[]): Promise<number>;
}

const POLL_EVERY_MS = 1_000 / LIMITS.streamPollsPerSecond;

export function createStreamShard<Stored>(
  options: StreamShardOptions<Stored>,
): StreamShard<Stored> {
  const { time, places, phaseMs, process } = options;
  let stored: Stored[] = [];
  let isAwaited = false;

  /** The next beat, unless one is awaited or a batch is at work. */
  function awaitPoll(): void {
    if (isAwaited || stored.length === 0) return;
    isAwaited = true;
    const beats = Math.floor((time.now() - phaseMs) / POLL_EVERY_MS) + 1;
    time.at(beats * POLL_EVERY_MS + phaseMs, poll);
  }

  function poll(): void {
    const page = stored;
    stored = [];
    next(page);
  }

  /** Batches of what one poll has brought. What comes meanwhile waits for the next. */
  function next(page: Stored[]): void {
    if (page.length === 0) {
      isAwaited = false;
      awaitPoll();
      return;
    }
    const batch = page.splice(0, LIMITS.streamBatchRecords);
    places.enter((leave) => {
      time.after(0, async () => {
        const endsAt = await process(batch);
        time.at(endsAt, () => {
          leave();
          next(page);
        });
      });
    });
  }

  return {
    add(record) {
      stored.push(record);
      awaitPoll();
    },
  };
}
