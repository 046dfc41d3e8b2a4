import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { createVirtualTime } from '../../load/virtual-time.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { check } from '../checker/check.ts';
import type { FinalState, HistoryEvent } from '../checker/history.ts';
import type { Counts, Violation } from '../checker/verdict.ts';
import type { Unstamped } from './application.ts';
import { createChance } from './chance.ts';
import { judgeDeliveries } from './deliveries.ts';
import {
  EPOCH_MS,
  FLUSH_VISIBILITY_TIMEOUT_MS,
  QUEUE_MODELS,
  QUEUES,
  TABLE_MODELS,
  TABLES,
  VISIBILITY_TIMEOUT_MS,
} from './deployment.ts';
import { direct } from './director.ts';
import { createFaults } from './faults.ts';
import { finalStateOf, judgeConvergence, judgePages, type Page } from './final-state.ts';
import { createFunctions } from './functions.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { composeAll } from './lambdas.ts';
import { createMappings } from './mappings.ts';
import { createObserver } from './observer.ts';
import { createSimulatedQueues } from './queue.ts';
import { createQueueSource } from './queue-source.ts';
import type { Seams } from './seams.ts';
import { createSimulatedTables } from './tables.ts';
import { type Plan, planOf } from './workload.ts';

export interface RunOptions {
  seed: number;
  /** The only actions and faults that happen, by their ids. Absent: all that the seed decides. */
  kept?: ReadonlySet<string>;
  seams?: Seams;
}

export type Finding = Omit<Violation, 'rule'> & { rule: string };

export interface Run {
  plan: Plan;
  history: readonly HistoryEvent[];
  final: FinalState;
  findings: readonly Finding[];
  counts: Counts;
  /** Ids of the faults that struck, and of the actions that were done. */
  strikes: readonly string[];
  steps: number;
  pulls: number;
  /** Of the history and the final state: equal for equal seeds. */
  hash: string;
}

/** After the faults: enough for a heartbeat, and for a job to be delivered as often as it may. */
const CALM_MS = 20 * 60_000;
const CALM_WITH_ROTATION_MS = 7 * 60_000;
const SETTLING_MS = 60_000;

/** One run, from its seed to its verdict. */
export async function simulate({ seed, kept, seams = {} }: RunOptions): Promise<Run> {
  const chance = createChance(seed);
  const plan = planOf(seed, chance);
  const time = createVirtualTime(EPOCH_MS);
  const history: HistoryEvent[] = [];
  const strikes: string[] = [];
  const record = (event: Unstamped) => {
    history.push({ at: time.now() - EPOCH_MS, ...event } as HistoryEvent);
  };

  const faults = createFaults({
    rates: plan.rates,
    chance,
    kept,
    onStrike(fault, id) {
      strikes.push(id);
      record({ kind: 'fault', fault, detail: id });
    },
  });
  const tables = createSimulatedTables({
    tables: TABLE_MODELS,
    clock: time,
    pageBytes: plan.pageBytes,
  });
  const queues = createSimulatedQueues({
    queues: QUEUE_MODELS,
    clock: time,
    choose: (count) => chance.between(0, count - 1, `choose ${time.now()}`),
  });
  const occasions = { time, chance, faults };
  const queue = createQueueSource(queues, {
    queueUrl: QUEUES.delivery,
    visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
    ...occasions,
  });
  const flushes = createQueueSource(queues, {
    queueUrl: QUEUES.flush,
    visibilityTimeoutMs: FLUSH_VISIBILITY_TIMEOUT_MS,
    ...occasions,
  });
  const messages = tables.streamOf(TABLES.messages).records;
  /** What an operator was told of: numbers of a room, or all of a room for a connection. */
  const givenUp = new Set<string>();
  const pages: Page[] = [];
  let hasQueueRequest = false;

  const functions = createFunctions({
    time,
    chance,
    faults,
    functions: composeAll({
      chance,
      faults,
      tables,
      queues,
      gateway: {
        post: (...args) => gateway.post(...args),
        close: (connectionId) => gateway.close(connectionId),
      },
      newMessageId: createMessageIds(seed),
      pacingLimits: plan.pacing,
      log: {
        info() {},
        warn() {},
        error(message, { connectionIds, roomId }) {
          if (!/given up/.test(message) || !Array.isArray(connectionIds)) return;
          for (const connectionId of connectionIds) givenUp.add(`${connectionId} ${roomId}`);
        },
      },
      onQueueRequest() {
        hasQueueRequest = true;
      },
      seams,
    }),
  });
  const observer = createObserver({
    now: time.now,
    messages,
    memberships: tables.streamOf(TABLES.memberships).records,
    wireOf: (connectionId) => gateway.wires.find((wire) => wire.connectionId === connectionId),
    record,
  });
  const gateway: Gateway = createGateway({
    time,
    chance,
    faults,
    invoke: functions.invoke,
    maxAgeMs: plan.maxAgeMs,
    ratePerSecond: plan.ratePerSecond,
    onPost: observer.onPost,
    sentFrame: seams.sentFrame,
    onSend: observer.onSend,
    onReceive(wire, frame) {
      observer.onReceive(wire, frame);
      applications.get(wire.client)?.hears(frame);
    },
  });
  const mappings = createMappings({
    time,
    chance,
    faults,
    invoke: functions.invoke,
    records: messages,
    queue,
    flushes,
    onGivenUp(records) {
      for (const { dynamodb } of records) {
        const { roomId, seq } = dynamodb.Keys as { roomId: { S: string }; seq: { N: string } };
        givenUp.add(`${roomId.S} ${seq.N}`);
      }
    },
  });

  const { applications } = direct({
    plan,
    kept,
    time,
    chance,
    clientOptions: seams.clientOptions,
    faults,
    functions,
    mappings,
    gateway,
    record,
    onDone: (id) => strikes.push(id),
    onPage: (page) => pages.push(page),
  });
  const rotates = plan.maxAgeMs < CALM_MS;
  const until = EPOCH_MS + plan.calmAtMs + (rotates ? CALM_WITH_ROTATION_MS : CALM_MS);
  let steps = 0;
  let seenRecords = 0;
  // Past the end only until nothing is under way any more: a rotation is no loss.
  const isOver = () => time.now() >= until && !functions.isBusy() && !gateway.isBusy();
  while (!isOver() && time.step(until + SETTLING_MS)) {
    steps += 1;
    await settled();
    observer.look();
    if (messages.length > seenRecords) mappings.wake();
    seenRecords = messages.length;
    if (hasQueueRequest) for (const source of [queue, flushes]) source.wake();
    hasQueueRequest = false;
  }

  const final = finalStateOf({ tables, gateway, observer });
  const { violations, counts } = check(history, final);
  const findings: Finding[] = [
    ...violations,
    ...judgeDeliveries({ observer, final, givenUp, queues }),
    ...judgePages(pages, final),
    ...judgeConvergence(applications, final),
  ];
  const hash = createHash('sha256')
    .update(JSON.stringify([history, final, findings]))
    .digest('hex');
  for (const application of applications.values()) application.close();
  return { plan, history, final, findings, counts, strikes, steps, pulls: observer.pulls, hash };
}

/** All that follows from one step, however long its chain of promises, before the next one begins. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

function createMessageIds(seed: number): (now: number) => string {
  const random = seededRandom(seed);
  return (now) => ulid(now, random);
}
