import type { Clock } from '../../../client/types.ts';
import type { CheckpointStore } from '../../../local/events/checkpoint-store.ts';
import { createQueueMapping } from '../../../local/events/queue-mapping.ts';
import type { QueueSource } from '../../../local/events/queue-source.ts';
import { createStreamMapping } from '../../../local/events/stream-mapping.ts';
import type { StreamRecord } from '../../../local/events/stream-record.ts';
import type { StreamSource } from '../../../local/events/stream-source.ts';
import type { Invoke } from '../../../local/lambda/invocation.ts';
import { type Chance, createMoments } from './chance.ts';
import { FLUSH_MAPPING, QUEUE_MAPPING, STREAM_MAPPING } from './deployment.ts';
import type { Faults } from './faults.ts';

/**
 * The event source mappings of the project's own local run, on virtual time: batches, bisection,
 * retries, checkpoints and partial reports are what they are there.
 */
export interface Mappings {
  /** The stream has, or may have, another record. */
  wake(): void;
  /** The stream's reader loses its place, and goes on from a share (0 to 1) of what there is. */
  replay(share: number): void;
}

export interface MappingsOptions {
  time: Clock;
  chance: Chance;
  faults: Faults;
  invoke: Invoke;
  records: readonly StreamRecord[];
  queue: QueueSource;
  flushes: QueueSource;
  /** The mapping gives these records up, and an operator is told. */
  onGivenUp(records: readonly StreamRecord[]): void;
}

const SHARD_ID = 'shard-1';
/** A reader that nobody wakes looks again after this. */
const LOOK_AGAIN_MS = 60_000;

export function createMappings(options: MappingsOptions): Mappings {
  const { time, chance, faults, invoke, records } = options;
  const nameMoment = createMoments();
  /** Readers that have read all there is. */
  const waiting = new Set<() => void>();
  let checkpoint: string | undefined;
  let current: CheckpointStore | undefined;
  let mapping = start();
  for (const [queueMapping, queue] of [
    [QUEUE_MAPPING, options.queue],
    [FLUSH_MAPPING, options.flushes],
  ] as const) {
    createQueueMapping({ mapping: queueMapping, queue, invoke, clock: time }).start();
  }

  function start() {
    const next = createStreamMapping({
      mapping: STREAM_MAPPING,
      source: createSource(),
      invoke,
      checkpoints: createCheckpoint(),
      onFailure: async (_mapping, batch) => options.onGivenUp(batch.records),
      clock: time,
      createId: () => nameMoment('batch'),
    });
    next.start();
    return next;
  }

  /** A mapping that has lost its place may finish what it has begun, and saves nothing any more. */
  function createCheckpoint(): CheckpointStore {
    const store: CheckpointStore = {
      load: async () => checkpoint,
      async save(_key, sequenceNumber) {
        if (store === current) checkpoint = sequenceNumber;
      },
    };
    current = store;
    return store;
  }

  function createSource(): StreamSource {
    return {
      streamArn: 'stream',
      listShards: async () => [{ shardId: SHARD_ID }],
      async openShard(_shardId, from) {
        let next =
          from.type === 'AFTER_SEQUENCE_NUMBER'
            ? records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === from.sequenceNumber) +
              1
            : 0;
        return {
          async read() {
            if (next >= records.length) await moreRecords();
            const page = records.slice(next);
            next += page.length;
            const late = page.length > 0 && faults.strikes('stream-late', nameMoment('page'));
            if (late) await pause(chance.between(500, 5_000, `late page ${next}`));
            const last = page.at(-1)?.dynamodb.SequenceNumber;
            return {
              records: page,
              ...(last !== undefined && { lastSequenceNumber: last }),
              caughtUp: true,
              ended: false,
            };
          },
        };
      },
    };
  }

  const pause = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));

  function moreRecords(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        cancel();
        waiting.delete(look);
        resolve();
      };
      const cancel = time.after(LOOK_AGAIN_MS, look);
      waiting.add(look);
    });
  }

  return {
    wake() {
      for (const look of [...waiting]) look();
    },
    replay(share) {
      void mapping.stop();
      const done = records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === checkpoint) + 1;
      checkpoint = records[Math.floor(share * done) - 1]?.dynamodb.SequenceNumber;
      mapping = start();
    },
  };
}
