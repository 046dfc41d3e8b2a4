import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import type { TableModel } from '../../../local/template/model.ts';
import { fromRecord } from '../../../shared/aws/message-record.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { createVirtualTime } from '../../load/virtual-time.ts';
import { check } from '../checker/check.ts';
import type { FinalState, HistoryEvent } from '../checker/history.ts';
import type { Counts, Violation } from '../checker/verdict.ts';
import { type Application, createApplication, type Unstamped } from './application.ts';
import { createChance } from './chance.ts';
import { judgeDeliveries } from './deliveries.ts';
import { MAX_RECEIVE_COUNT, QUEUES, TABLES, VISIBILITY_TIMEOUT_MS } from './deployment.ts';
import { createFaults } from './faults.ts';
import { createFunctions } from './functions.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { composeAll } from './lambdas.ts';
import { createMappings } from './mappings.ts';
import { createObserver } from './observer.ts';
import { createSimulatedQueues } from './queue.ts';
import { createQueueSource } from './queue-source.ts';
import type { Seams } from './seams.ts';
import { createSimulatedTables } from './tables.ts';
import { type Action, type Plan, planOf } from './workload.ts';

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

/** A day in 2027, for everything that stands in seconds or as text. */
const EPOCH_MS = Date.UTC(2027, 0, 15, 12);
/** After the faults: enough for a heartbeat, and for a job to be delivered as often as it may. */
const CALM_MS = 20 * 60_000;
const CALM_WITH_ROTATION_MS = 7 * 60_000;
const CLOSING_WORDS_AFTER_MS = [30_000, 60_000];
const TEXT_OF_ANY_LENGTH = 'lorem ipsum — ďakujem 漢字 🙂 '.repeat(200);

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
  const queue = createQueueSource(queues, { time, chance, faults });
  const messages = tables.streamOf(TABLES.messages).records;
  const givenUp = new Set<string>();
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
  const applications = new Map<string, Application>();
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
    async sendToQueue(QueueUrl, MessageBody) {
      queues.perform('SendMessage', { QueueUrl, MessageBody }, 'ok');
    },
  });

  const actions = plan.actions.filter(({ id }) => kept?.has(id) ?? true);
  for (const name of plan.clients) {
    if (!actions.some((action) => 'client' in action && action.client === name)) continue;
    const { maxAgeMs } = plan;
    const dial = () => gateway.dial(name);
    const { clientOptions } = seams;
    const application = { name, time, chance, maxAgeMs, dial, clientOptions, record };
    applications.set(name, createApplication(application));
  }

  function act(action: Action): void {
    if (action.do === 'deploy') functions.deploy();
    else if (action.do === 'stream-replayed') mappings.replay(action.share);
    else {
      const application = applications.get(action.client);
      if (application === undefined) return;
      if (action.do === 'open') application.open(action.roomId);
      else if (action.do === 'leave') application.leave(action.roomId);
      else if (action.do === 'look') application.look(action.roomId);
      else if (action.do === 'send') say(application, action.roomId, action.id, action.characters);
      else if (action.do === 'restart') {
        application.restart();
        gateway.cut(action.client, 'cut-unnoticed');
      } else gateway.cut(action.client, action.do);
    }
    if (action.do in PLANNED) record({ kind: 'fault', fault: action.do, detail: action.id });
    strikes.push(action.id);
  }

  function say(application: Application, roomId: string, id: string, characters = 0): void {
    const text = `${id} ${TEXT_OF_ANY_LENGTH}`.slice(0, Math.max(id.length, characters));
    application.send(roomId, id.replace(' ', '-'), text);
  }

  for (const action of actions) time.after(action.atMs, () => act(action));
  time.after(plan.calmAtMs, () => {
    faults.end();
    gateway.noticeAll();
  });
  for (const [round, afterMs] of CLOSING_WORDS_AFTER_MS.entries()) {
    time.after(plan.calmAtMs + afterMs, () => closingWords(round));
  }

  /** Whoever is in the room or has been told of a number has to see these. */
  function closingWords(round: number): void {
    for (const roomId of plan.rooms) {
      const present = [...applications.values()];
      const speakers = present.filter(({ rooms }) => rooms.has(roomId));
      const speaker = speakers[round % Math.max(1, speakers.length)] ?? present[0];
      speaker?.open(roomId);
      if (speaker !== undefined) say(speaker, roomId, `closing ${round} ${roomId}`);
    }
  }

  const rotates = plan.maxAgeMs < CALM_MS;
  const until = EPOCH_MS + plan.calmAtMs + (rotates ? CALM_WITH_ROTATION_MS : CALM_MS);
  let steps = 0;
  let seenRecords = 0;
  while (time.step(until)) {
    steps += 1;
    await settled();
    observer.look();
    if (messages.length > seenRecords) mappings.wake();
    seenRecords = messages.length;
    if (hasQueueRequest) queue.wake();
    hasQueueRequest = false;
  }

  const final = finalState();
  const { violations, counts } = check(history, final);
  const findings: Finding[] = [
    ...violations,
    ...judgeDeliveries({ observer, final, givenUp, queues, records: messages }),
    ...judgeConvergence(),
  ];
  const hash = createHash('sha256')
    .update(JSON.stringify([history, final, findings]))
    .digest('hex');
  for (const application of applications.values()) application.close();
  return { plan, history, final, findings, counts, strikes, steps, pulls: observer.pulls, hash };

  function finalState(): FinalState {
    const rows = tables.itemsOf(TABLES.messages).map((item) => fromRecord(item).entry);
    const members = tables.itemsOf(TABLES.memberships).flatMap(({ partition, member }) => {
      const [side, roomId = ''] = String(partition).split('#');
      return side === 'room' ? [{ roomId, connectionId: String(member) }] : [];
    });
    const connections = gateway.wires.map((wire) => {
      const { connectionId, client } = wire;
      const alive = wire.state === 'open' && wire.carries;
      const rooms = [...observer.told.values()]
        .filter((told) => told.wire === wire)
        .map(({ roomId }) => roomId);
      return { connectionId, client, alive, rooms };
    });
    return { log: rows, members, connections };
  }

  /** Everybody is back, and in every room that they want to be in. */
  function judgeConvergence(): Finding[] {
    return [...applications.values()].flatMap(({ name, rooms }) =>
      [...rooms].flatMap((roomId) => {
        const isIn = final.connections.some(
          (known) => known.alive && known.client === name && known.rooms.includes(roomId),
        );
        if (isIn) return [];
        const message = `${name} is not back in ${roomId}.`;
        return [{ rule: 'not-back', roomId, client: name, message, events: [], rows: [] }];
      }),
    );
  }
}

/** All that follows from one step, however long its chain of promises, before the next one begins. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

const PLANNED = {
  cut: 1,
  'cut-unnoticed': 1,
  'cut-silent': 1,
  restart: 1,
  deploy: 1,
  'stream-replayed': 1,
};

function createMessageIds(seed: number): (now: number) => string {
  const random = seededRandom(seed);
  return (now) => ulid(now, random);
}

const table = (
  tableName: string,
  [partition, sort]: [string, string?],
  extra: Partial<TableModel> = {},
): TableModel => ({
  id: tableName,
  tableName,
  attributes: [
    { name: partition, type: 'S' },
    ...(sort === undefined
      ? []
      : [{ name: sort, type: sort === 'seq' ? ('N' as const) : ('S' as const) }]),
  ],
  key: { partition, ...(sort === undefined ? {} : { sort }) },
  indexes: [],
  ...extra,
});

const ttl = { ttlAttribute: 'expiresAt' };

const TABLE_MODELS: TableModel[] = [
  table(TABLES.rooms, ['roomId']),
  table(TABLES.messages, ['roomId', 'seq'], { streamView: 'NEW_IMAGE', ...ttl }),
  table(TABLES.receipts, ['receiptId'], ttl),
  table(TABLES.connections, ['connectionId'], ttl),
  table(TABLES.memberships, ['partition', 'member'], { streamView: 'NEW_AND_OLD_IMAGES', ...ttl }),
];

const QUEUE_MODELS = [
  {
    queueName: QUEUES.delivery,
    attributes: {
      VisibilityTimeout: String(VISIBILITY_TIMEOUT_MS / 1_000),
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: QUEUES.deliveryDlq,
        maxReceiveCount: MAX_RECEIVE_COUNT,
      }),
    },
  },
  { queueName: QUEUES.deliveryDlq, attributes: {} },
  { queueName: QUEUES.fanOutDlq, attributes: {} },
];
