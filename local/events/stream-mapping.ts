import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Invoke } from '../lambda/invocation.ts';
import type { StreamMappingModel } from '../template/model.ts';
import { noTrace, type Trace } from '../trace.ts';
import { atMost, backoffMs, createNap, sleep } from './backoff.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { createFilter } from './filter.ts';
import type { OnFailure } from './on-failure.ts';
import { createRecordAges } from './record-ages.ts';
import { type AbandonedBatch, processStreamBatch } from './stream-batch.ts';
import type { StreamRecord } from './stream-record.ts';
import { type RunningShard, startStreamShard } from './stream-shard.ts';
import type { StreamShard, StreamSource } from './stream-source.ts';

export interface StreamMappingOptions {
  mapping: StreamMappingModel;
  source: StreamSource;
  invoke: Invoke;
  checkpoints: CheckpointStore;
  onFailure: OnFailure;
  clock: Clock;
  /** AWS polls each shard four times a second. */
  pollIntervalMs?: number;
  /** Shown in failure records. */
  functionArn?: string;
  createId?: () => string;
  trace?: Trace;
  observer?: StreamObserver;
  /** One line for each problem that the mapping works around. */
  onProblem?(problem: string): void;
}

/** Told of what becomes of a stream's records, so that it can be measured. Must not throw. */
export interface StreamObserver {
  /** @param ageMs of the last record of the batch */
  handedOver(functionId: string, ageMs: number): void;
  /** Records were given up, and are kept by the destination of the mapping. */
  setAside(mappingUuid: string, records: number): void;
  /** Records were given up, and are kept nowhere. */
  dropped(mappingUuid: string, records: number): void;
}

export interface StreamMappingStats {
  /** Records read, of these matching the filters, dealt with, and given up. */
  read: number;
  matching: number;
  finished: number;
  givenUp: number;
  /** Read and not yet dealt with. */
  pending: number;
}

/** How far each shard is done. */
export type StreamMark = ReadonlyMap<string, string | undefined>;

export interface StreamMapping extends EventSourceMapping<StreamMappingStats> {
  /** Where the mapping is now, for a later {@link StreamMapping.rewind}. */
  mark(): StreamMark;
  /** Fault knob: hands everything after the mark over again, as a poller does that starts anew. */
  rewind(mark: StreamMark): void;
}

const POLL_INTERVAL_MS = 250;
/** How long `stop` waits for running invocations; what they then finish is handed over again. */
const STOP_WAIT_MS = 10_000;
const SHARD_DISCOVERY_MS = 60_000;
const EMPTY_STREAM_RETRY_MS = 1_000;

/**
 * Runs a stream's event source mapping as Lambda does: at least once, in order per shard (per item
 * with a parallelization factor), and with nothing skipped but what the mapping's limits allow.
 */
export function createStreamMapping(options: StreamMappingOptions): StreamMapping {
  const { mapping, source, clock, trace = noTrace, createId = randomUUID } = options;
  const problem = (text: string) => options.onProblem?.(`${mapping.id}: ${text}`);
  const filter = createFilter(mapping.filters);
  const stopping = new AbortController();
  const { signal } = stopping;
  const discovery = createNap(clock, signal);
  const discovered = Promise.withResolvers<void>();
  const shards = new Map<string, RunningShard>();
  const ended = new Set<string>();
  const counts = { read: 0, matching: 0, finished: 0, givenUp: 0 };
  const ages = createRecordAges(clock);
  let running: Promise<void> | undefined;

  const invoke: Invoke = (functionId, payload) => {
    const { Records } = payload as { Records: readonly StreamRecord[] };
    const last = Records.at(-1);
    if (last !== undefined) options.observer?.handedOver(mapping.functionId, ages.of(last));
    return options.invoke(functionId, payload);
  };

  /** A child starts only when its parent is done to the end: that keeps the order of items. */
  function startShards(found: StreamShard[]): void {
    const present = new Set(found.map((shard) => shard.shardId));
    for (const { shardId, parentShardId: parent } of found) {
      const blocked = parent !== undefined && present.has(parent) && !ended.has(parent);
      if (shards.has(shardId) || blocked) continue;
      const shard = startShard(shardId);
      shards.set(shardId, shard);
      void shard.ended.then(() => {
        ended.add(shardId);
        discovery.wake();
      });
    }
  }

  function startShard(shardId: string): RunningShard {
    return startStreamShard({
      shardId,
      source,
      startingPosition: mapping.startingPosition,
      checkpoints: options.checkpoints,
      // With the stream's ARN, so that a table made anew does not inherit an old position.
      checkpointKey: `${mapping.id} ${source.streamArn} ${shardId}`,
      filter,
      lanes: mapping.parallelizationFactor,
      batchSize: mapping.batchSize,
      batchWindowMs: mapping.batchWindowMs,
      pollIntervalMs: options.pollIntervalMs ?? POLL_INTERVAL_MS,
      clock,
      signal,
      onProblem: problem,
      onRead(read, matching) {
        ages.arrived(read);
        counts.read += read.length;
        counts.matching += matching;
      },
      process(records, onFinished) {
        trace('stream', `${records.length} records → ${mapping.functionId}`);
        return processStreamBatch(records, {
          mapping,
          invoke,
          clock,
          signal,
          onProblem: problem,
          onGivenUp: (batch) => giveUp(shardId, batch),
          onFinished(done: readonly StreamRecord[]) {
            counts.finished += done.length;
            onFinished(done);
          },
        });
      },
    });
  }

  async function giveUp(shardId: string, batch: AbandonedBatch): Promise<boolean> {
    const { records, condition } = batch;
    problem(`giving up ${records.length} records of ${shardId}: ${condition}`);
    counts.givenUp += records.length;
    if (mapping.onFailure === undefined) {
      options.observer?.dropped(mapping.uuid, records.length);
      return true;
    }
    const { kind, id } = mapping.onFailure;
    const givenUp = {
      ...batch,
      requestId: createId(),
      functionArn: options.functionArn ?? mapping.functionId,
      atMs: clock.now(),
      shardId,
      streamArn: source.streamArn,
    };
    for (let failures = 1; ; failures += 1) {
      try {
        await options.onFailure(mapping, givenUp);
        options.observer?.setAside(mapping.uuid, records.length);
        return true;
      } catch (error) {
        problem(`cannot tell the ${kind} ${id} of it, trying again: ${String(error)}`);
        await sleep(clock, backoffMs(failures), signal);
        if (signal.aborted) return false;
      }
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        startShards(await source.listShards());
        failures = 0;
        discovered.resolve();
        await discovery.take(shards.size > ended.size ? SHARD_DISCOVERY_MS : EMPTY_STREAM_RETRY_MS);
      } catch (error) {
        failures += 1;
        problem(`cannot list the shards of ${source.streamArn}, trying again: ${String(error)}`);
        await sleep(clock, backoffMs(failures), signal);
      }
    }
    discovered.resolve();
    await Promise.all([...shards.values()].map((shard) => shard.ended));
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      if (running) await atMost(clock, STOP_WAIT_MS, running);
    },
    async idle() {
      await discovered.promise;
      await Promise.all([...shards.values()].map((shard) => shard.idle()));
    },
    mark: () => new Map([...shards].map(([shardId, shard]) => [shardId, shard.done()])),
    rewind(mark) {
      for (const [shardId, shard] of shards) {
        if (mark.has(shardId)) shard.rewind(mark.get(shardId));
      }
    },
    stats: () => ({
      ...counts,
      pending: [...shards.values()].reduce((sum, shard) => sum + shard.pending(), 0),
    }),
  };
}
