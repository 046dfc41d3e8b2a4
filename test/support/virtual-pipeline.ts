import type { Clock } from '../../client/types.ts';
import { createSend, type Sent } from '../../services/messages/1-send/send.ts';
import type { RoomLimits } from '../../services/messages/2-fan-out/stagger.ts';
import type { DeliveryJob, PostOutcome } from '../../shared/domain/ports.ts';
import { createAdapters } from '../faults/simulation/adapters.ts';
import { createChance } from '../faults/simulation/chance.ts';
import {
  EPOCH_MS,
  FLUSH_VISIBILITY_TIMEOUT_MS,
  QUEUE_MODELS,
  QUEUES,
  RETENTION_MS,
  TABLE_MODELS,
  TABLES,
  VISIBILITY_TIMEOUT_MS,
} from '../faults/simulation/deployment.ts';
import { createFaults } from '../faults/simulation/faults.ts';
import { createFunctions, type Environment } from '../faults/simulation/functions.ts';
import { composeAll } from '../faults/simulation/lambdas.ts';
import { createMappings } from '../faults/simulation/mappings.ts';
import { createSimulatedQueues } from '../faults/simulation/queue.ts';
import { createQueueSource } from '../faults/simulation/queue-source.ts';
import { createSurroundings } from '../faults/simulation/surroundings.ts';
import { createSimulatedTables } from '../faults/simulation/tables.ts';
import { createVirtualTime } from '../load/virtual-time.ts';
import { createMessageIds } from './message-ids.ts';

export interface VirtualPipelineOptions {
  seed: number;
  pacing: RoomLimits;
  /** Takes the jobs of fan-out and flush instead of the queue: then nothing is delivered. */
  onJob?: (job: DeliveryJob, at: number) => void;
  /** The gateway: it answers when it has taken the frame, or not. */
  post?: (connectionId: string, frame: string) => Promise<PostOutcome>;
}

export interface VirtualPipeline extends Clock {
  /** Makes so many connections members of a room. */
  fill(roomId: string, members: number): Promise<void>;
  /** @throws ChatError as the route would answer it */
  send(roomId: string, text: string): Promise<Sent>;
  /** Has everything happen that happens in so many milliseconds. */
  run(ms: number): Promise<void>;
}

const ENQUEUE_MS = 10;

/**
 * The pipeline on virtual time without faults: the real functions and adapters over simulated tables
 * and queues, which take 2 to 15 ms a call. Only the sockets are left out.
 */
export function createVirtualPipeline(options: VirtualPipelineOptions): VirtualPipeline {
  const chance = createChance(options.seed);
  const time = createVirtualTime(EPOCH_MS);
  const faults = createFaults({ rates: {}, chance, kept: undefined, onStrike() {} });
  const tables = createSimulatedTables({ tables: TABLE_MODELS, clock: time });
  const queues = createSimulatedQueues({ queues: QUEUE_MODELS, clock: time, choose: () => 0 });
  const occasions = { time, chance, faults };
  const [queue, flushes] = [
    { queueUrl: QUEUES.delivery, visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS },
    { queueUrl: QUEUES.flush, visibilityTimeoutMs: FLUSH_VISIBILITY_TIMEOUT_MS },
  ].map((settings) => createQueueSource(queues, { ...settings, ...occasions })) as [
    ReturnType<typeof createQueueSource>,
    ReturnType<typeof createQueueSource>,
  ];
  const { records } = tables.streamOf(TABLES.messages);
  const pause = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));
  const { onJob, post = async () => 'delivered' as const } = options;
  let hasQueueRequest = false;

  const world = {
    chance,
    faults,
    tables,
    queues,
    gateway: { post, close: () => false },
    newMessageId: createMessageIds(),
    pacingLimits: options.pacing,
    log: { info() {}, warn() {}, error: (message: string) => void process.stderr.write(message) },
    onQueueRequest() {
      hasQueueRequest = true;
    },
  };
  const send = async (jobs: readonly DeliveryJob[]) => {
    await pause(ENQUEUE_MS);
    for (const job of jobs) onJob?.(job, time.now());
  };
  const functions = createFunctions({
    ...occasions,
    functions: composeAll({
      ...world,
      seams: onJob === undefined ? {} : { adapters: () => ({ deliveryQueue: { send } }) },
    }),
  });
  const mappings = createMappings({
    ...occasions,
    invoke: functions.invoke,
    records,
    queue,
    flushes,
    onGivenUp() {},
  });

  let calls = 0;
  const environment: Environment = {
    name: 'sender',
    clock: time,
    isAlive: () => true,
    after: (ms, callback) => time.after(ms, callback),
    pause,
    call(what, run) {
      calls += 1;
      return run(`${what} ${calls}`);
    },
  };
  const adapters = createAdapters(createSurroundings(environment, world));
  const sendNow = createSend({
    ...adapters,
    log: adapters.messages,
    expireIn: () => new AbortController().signal,
    retentionMs: RETENTION_MS,
  });

  /** All that follows from one step, before the next one. */
  const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));
  let seen = 0;

  /** Whether somebody was waiting for what has happened. */
  function wake(): boolean {
    const [hasRecords, hasRequest] = [records.length > seen, hasQueueRequest];
    if (hasRecords) mappings.wake();
    if (hasRequest) for (const source of [queue, flushes]) source.wake();
    seen = records.length;
    hasQueueRequest = false;
    return hasRecords || hasRequest;
  }

  async function run(ms: number): Promise<void> {
    const until = time.now() + ms;
    do await settled();
    while (wake() || time.step(until));
  }

  return {
    now: time.now,
    after: time.after,
    run,
    async fill(roomId, members) {
      const expiresAt = time.now() + 2 * 60 * 60_000;
      let joined = 0;
      for (let index = 0; index < members; index += 1) {
        const connectionId = `${roomId}-${index}=`;
        const member = { connectionId, userId: connectionId, roomId, joinedAt: time.now() };
        void adapters.memberships.join({ ...member, expiresAt }, 1).then(() => {
          joined += 1;
        });
      }
      while (joined < members) await run(10);
    },
    send: (roomId, text) =>
      sendNow({ roomId, userId: 'ann', text, receivedAt: time.now() }, Promise.resolve()),
  };
}
