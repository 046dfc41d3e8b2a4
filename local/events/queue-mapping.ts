import type { Clock } from '../clock.ts';
import type { Invoke } from '../lambda/invocation.ts';
import type { QueueMappingModel } from '../template/model.ts';
import { noTrace, type Trace } from '../trace.ts';
import { atMost, backoffMs, sleep } from './backoff.ts';
import { createConcurrencyRamp } from './concurrency-ramp.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { createFilter } from './filter.ts';
import { processQueueBatch } from './queue-batch.ts';
import type { QueueRecord, QueueSource } from './queue-source.ts';

export interface QueueMappingOptions {
  mapping: QueueMappingModel;
  queue: QueueSource;
  invoke: Invoke;
  clock: Clock;
  /** Concurrent batches of this mapping at most, whatever the template allows. */
  concurrencyCap?: number;
  trace?: Trace;
  /** One line for each problem that the mapping works around. */
  onProblem?(problem: string): void;
}

export interface QueueMappingStats {
  received: number;
  done: number;
  failed: number;
  filtered: number;
  /** Batches under way. */
  running: number;
  /** Receives under way. */
  polling: number;
}

const LONG_POLL_MS = 20_000;
/** ReceiveMessage hands out ten at most. */
const MAX_RECEIVE = 10;
const MAX_POLLS = 5;
/** As many as the invoker has environments for by default: more would only wait there, hidden. */
const DEFAULT_CONCURRENCY_CAP = 10;
/** How long `stop` waits for running invocations; what they then finish is delivered again. */
const STOP_WAIT_MS = 10_000;

/**
 * Runs a queue's event source mapping as Lambda does: at least once, unordered, with a concurrency
 * that ramps up. Where Lambda keeps two to five long polls open at all times, this keeps one, and
 * adds one with each full receive, so that an idle laptop stays idle.
 */
export function createQueueMapping(
  options: QueueMappingOptions,
): EventSourceMapping<QueueMappingStats> {
  const { mapping, queue, clock, trace = noTrace } = options;
  const problem = (text: string) => options.onProblem?.(`${mapping.id}: ${text}`);
  const filter = createFilter(mapping.filters);
  const stopping = new AbortController();
  const { signal } = stopping;
  const cap = Math.min(
    mapping.maxConcurrency ?? Number.POSITIVE_INFINITY,
    options.concurrencyCap ?? DEFAULT_CONCURRENCY_CAP,
  );
  const ramp = createConcurrencyRamp(cap, clock);
  const receiveMax = Math.min(MAX_RECEIVE, mapping.batchSize);

  const counts = { received: 0, done: 0, failed: 0, filtered: 0 };
  const batches = new Set<Promise<void>>();
  const polls = new Set<Promise<void>>();
  const started = Promise.withResolvers<void>();
  let wantedPolls = 1;
  let failedPolls = 0;

  /** A poll takes a place of its own, because what it brings is invoked without further waiting. */
  function fill(): void {
    while (
      !signal.aborted &&
      polls.size < wantedPolls &&
      polls.size + batches.size < ramp.limit()
    ) {
      track(polls, poll());
    }
  }

  function track(set: Set<Promise<void>>, work: Promise<void>): void {
    const entry: Promise<void> = work.finally(() => {
      set.delete(entry);
      fill();
    });
    set.add(entry);
  }

  async function poll(): Promise<void> {
    try {
      const records = await gather();
      failedPolls = 0;
      if (records.length === 0) {
        wantedPolls = 1;
        if (batches.size === 0) ramp.reset();
        return;
      }
      if (records.length >= receiveMax) wantedPolls = Math.min(MAX_POLLS, wantedPolls + 1);
      process(records);
    } catch (error) {
      wantedPolls = 1;
      failedPolls += 1;
      problem(`cannot receive, trying again: ${String(error)}`);
      await sleep(clock, backoffMs(failedPolls), signal);
    }
  }

  /** One receive, or with a batch window as many as it takes to fill the batch or the window. */
  async function gather(): Promise<QueueRecord[]> {
    const records = await queue.receive(receiveMax, LONG_POLL_MS, signal);
    if (records.length === 0 || mapping.batchWindowMs === 0) return records;
    const closesAt = clock.now() + mapping.batchWindowMs;
    while (records.length < mapping.batchSize && !signal.aborted) {
      const leftMs = closesAt - clock.now();
      if (leftMs <= 0) break;
      const max = Math.min(MAX_RECEIVE, mapping.batchSize - records.length);
      try {
        records.push(...(await queue.receive(max, leftMs, signal)));
      } catch (error) {
        problem(`cannot fill a batch, going on with ${records.length} records: ${String(error)}`);
        break;
      }
    }
    return records;
  }

  function process(records: readonly QueueRecord[]): void {
    counts.received += records.length;
    ramp.busy();
    trace('queue', `${records.length} records → ${mapping.functionId}`);
    const work = processQueueBatch(records, {
      mapping,
      queue,
      invoke: options.invoke,
      clock,
      signal,
      filter,
      onProblem: problem,
      onOutcome({ done, failed, filtered, refused }) {
        counts.done += done;
        counts.failed += failed;
        counts.filtered += filtered;
        if (refused) ramp.reset();
      },
    });
    track(batches, work);
  }

  return {
    start() {
      started.resolve();
      fill();
    },
    async stop() {
      stopping.abort();
      await atMost(clock, STOP_WAIT_MS, Promise.all([...polls, ...batches]));
    },
    /**
     * Records that are delayed or hidden after a failure are not waited for. Asks twice, since an
     * answer to the long poll may still be under way when the first short poll finds nothing.
     */
    async idle() {
      await started.promise;
      for (let quiet = 0; quiet < 2 && !signal.aborted; ) {
        await Promise.all(batches);
        const before = counts.received;
        const records = await queue.receive(receiveMax, 0, signal).catch((error: unknown) => {
          problem(`cannot receive, trying again: ${String(error)}`);
          return sleep(clock, backoffMs(1), signal).then(() => undefined);
        });
        if (records && records.length > 0) process(records);
        const still = records?.length === 0 && counts.received === before && batches.size === 0;
        quiet = still ? quiet + 1 : 0;
      }
    },
    stats: () => ({ ...counts, running: batches.size, polling: polls.size }),
  };
}
