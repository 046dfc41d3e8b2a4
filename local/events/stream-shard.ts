import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { backoffMs, createNap, sleep } from './backoff.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { createCheckpointTracker } from './checkpoint-tracker.ts';
import { createStreamLane } from './stream-lane.ts';
import { canonicalImage, type StreamRecord } from './stream-record.ts';
import type { ShardReader, StreamPage, StreamPosition, StreamSource } from './stream-source.ts';

export interface StreamShardDeps {
  shardId: string;
  source: StreamSource;
  /** Where to start without a checkpoint. */
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  checkpoints: CheckpointStore;
  checkpointKey: string;
  filter(record: StreamRecord): boolean;
  lanes: number;
  batchSize: number;
  batchWindowMs: number;
  pollIntervalMs: number;
  clock: Clock;
  signal: AbortSignal;
  /** Works a batch off; calls `onFinished` for each part that is done. Must not reject. */
  process(
    records: readonly StreamRecord[],
    onFinished: (records: readonly StreamRecord[]) => void,
  ): Promise<void>;
  onRead(read: readonly StreamRecord[], matching: number): void;
  onProblem(problem: string): void;
}

export interface RunningShard {
  /** Settles when the shard is closed and done to its end, or the mapping has stopped. */
  readonly ended: Promise<void>;
  /** Resolves when all that is in the shard at the time of the call has been dealt with. */
  idle(): Promise<void>;
  pending(): number;
  /** The last record up to which all is done; undefined before the first. */
  done(): string | undefined;
  /**
   * Fault knob: as soon as nothing is under way, everything after this record is read and handed
   * over again, as when a poller ends before its checkpoint is stored.
   */
  rewind(after: string | undefined): void;
}

/** A reader is at most this far ahead of the function: it bounds memory, not correctness. */
const MAX_PENDING_RECORDS = 2_000;
/** A pause that others end; the time only guards against a lost wake-up. */
const UNTIL_WOKEN_MS = 60_000;

/** Reads one shard and hands its records to lanes: one lane, or several split by item key. */
export function startStreamShard(deps: StreamShardDeps): RunningShard {
  const { clock, signal, source, shardId } = deps;
  const tracker = createCheckpointTracker();
  const poll = createNap(clock, signal);
  const room = createNap(clock, signal);
  let idleWaiters: { resolve(): void; readBegun: boolean }[] = [];
  let over = false;
  let done: string | undefined;
  let rewindTo: StreamPosition | undefined;

  const lanes = Array.from({ length: deps.lanes }, () =>
    createStreamLane({ ...deps, process: (records) => deps.process(records, finish) }),
  );

  function finish(records: readonly StreamRecord[]): void {
    finishSequence(records.map((record) => record.dynamodb.SequenceNumber));
  }

  function finishSequence(sequenceNumbers: string[]): void {
    const checkpoint = tracker.finished(sequenceNumbers);
    if (checkpoint !== undefined) {
      done = checkpoint;
      deps.checkpoints
        .save(deps.checkpointKey, checkpoint)
        .catch((error) => deps.onProblem(`Cannot save a checkpoint: ${String(error)}`));
    }
    if (tracker.pending() < MAX_PENDING_RECORDS) room.wake();
    if (tracker.pending() === 0 && idleWaiters.length > 0) poll.wake();
  }

  function accept(page: StreamPage): void {
    const skipped: string[] = [];
    const perLane: StreamRecord[][] = lanes.map(() => []);
    for (const record of page.records) {
      const { SequenceNumber } = record.dynamodb;
      tracker.started(SequenceNumber);
      if (deps.filter(record)) perLane[laneOf(record, lanes.length)]?.push(record);
      else skipped.push(SequenceNumber);
    }
    const last = page.lastSequenceNumber;
    if (last !== undefined && last !== page.records.at(-1)?.dynamodb.SequenceNumber) {
      tracker.started(last);
      skipped.push(last);
    }
    deps.onRead(page.records, page.records.length - skipped.length);
    if (skipped.length > 0) finishSequence(skipped);
    for (const [index, records] of perLane.entries()) lanes[index]?.push(records);
  }

  /** Tries until it succeeds or the mapping stops: engines restart. */
  async function insist<T>(what: string, action: () => Promise<T>): Promise<T | undefined> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        return await action();
      } catch (error) {
        if (signal.aborted) return undefined;
        deps.onProblem(`Cannot ${what} shard ${shardId}, trying again: ${String(error)}`);
        await sleep(clock, backoffMs(failures), signal);
      }
    }
    return undefined;
  }

  async function open(): Promise<ShardReader> {
    done = await deps.checkpoints.load(deps.checkpointKey);
    return source.openShard(shardId, positionAfter(done, deps.startingPosition));
  }

  /** The tracker knows a record once at a time: what is under way comes to its end first. */
  async function reopen(from: StreamPosition): Promise<ShardReader | undefined> {
    await Promise.all(lanes.map((lane) => lane.drained()));
    return insist('open', () => source.openShard(shardId, from));
  }

  async function run(): Promise<void> {
    let reader = await insist('open', open);
    while (reader && !signal.aborted) {
      if (rewindTo !== undefined) {
        const from = rewindTo;
        rewindTo = undefined;
        reader = await reopen(from);
        continue;
      }
      for (const waiter of idleWaiters) waiter.readBegun = true;
      const current = reader;
      const page = await insist('read', () => current.read());
      if (!page || signal.aborted) break;
      accept(page);
      if (page.ended) {
        await Promise.all(lanes.map((lane) => lane.drained()));
        break;
      }
      while (tracker.pending() >= MAX_PENDING_RECORDS && !signal.aborted) {
        await room.take(UNTIL_WOKEN_MS);
      }
      if (!page.caughtUp) continue;
      if (tracker.pending() === 0) releaseIdle((waiter) => waiter.readBegun);
      if (idleWaiters.every((waiter) => waiter.readBegun)) await poll.take(deps.pollIntervalMs);
    }
    await Promise.all(lanes.map((lane) => lane.drained()));
    over = true;
    releaseIdle(() => true);
  }

  function releaseIdle(isDue: (waiter: { readBegun: boolean }) => boolean): void {
    const due = idleWaiters.filter(isDue);
    idleWaiters = idleWaiters.filter((waiter) => !isDue(waiter));
    for (const waiter of due) waiter.resolve();
  }

  return {
    ended: run(),
    idle() {
      if (over) return Promise.resolve();
      return new Promise((resolve) => {
        idleWaiters.push({ resolve, readBegun: false });
        poll.wake();
      });
    },
    pending: tracker.pending,
    done: () => done,
    rewind(after) {
      rewindTo = positionAfter(after, 'TRIM_HORIZON');
      poll.wake();
    },
  };
}

function positionAfter(
  sequenceNumber: string | undefined,
  otherwise: 'TRIM_HORIZON' | 'LATEST',
): StreamPosition {
  return sequenceNumber === undefined
    ? { type: otherwise }
    : { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber };
}

/** All records of one item go through the same lane: order is kept per item, as on AWS. */
function laneOf(record: StreamRecord, lanes: number): number {
  if (lanes === 1) return 0;
  const digest = createHash('md5').update(canonicalImage(record.dynamodb.Keys)).digest();
  return digest.readUInt32BE(0) % lanes;
}
