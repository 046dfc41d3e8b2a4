import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RoomLimits } from '../../../services/messages/2-fan-out/stagger.ts';
import { fullJitterMs } from '../../../shared/aws/backoff.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { Surroundings } from './adapters.ts';
import type { Chance } from './chance.ts';
import type { Fault, Faults } from './faults.ts';
import type { Environment } from './functions.ts';
import type { Gateway } from './gateway.ts';
import type { SimulatedQueues } from './queue.ts';
import type { RequestFate, SimulatedService, Turn } from './simulated-client.ts';
import type { SimulatedTables } from './tables.ts';

export interface World {
  chance: Chance;
  faults: Faults;
  tables: SimulatedTables;
  queues: SimulatedQueues;
  gateway: Pick<Gateway, 'post' | 'close'>;
  newMessageId: (now: number) => string;
  pacingLimits: RoomLimits;
  log: Log;
  /** The queue may have another message. */
  onQueueRequest(): void;
}

/** As the functions configure their clients. */
const REQUEST_TIMEOUT_MS = { tables: 1_000, queue: 3_000 };
const LATE_MAX_MS = 3_000;

/** What an environment meets of the world: every call is one await, at which everything may happen. */
export function createSurroundings(environment: Environment, world: World): Surroundings {
  const { chance, faults, tables, queues, gateway } = world;
  const wait = (ms: number) => environment.pause(ms);

  type Fate = (
    moment: string,
    operation: string,
    input: Record<string, unknown>,
  ) => Promise<RequestFate>;

  /** A client whose every request waits for its turn, under the name of the call that makes it. */
  function client<Client extends DynamoDBDocumentClient | SQSClient>(
    connect: (turn: Turn) => Client,
    fate: Fate,
  ): Client {
    const send = (command: { constructor: { name: string } }, options?: object) =>
      environment.call(command.constructor.name, (moment) => {
        const turn: Turn = (operation, { attempt, input }) =>
          environment.isAlive() ? fate(`${moment} ${attempt}`, operation, input) : never();
        return (connect(turn).send as Send)(command, options);
      });
    return { send } as unknown as Client;
  }

  async function tableFate(
    moment: string,
    operation: string,
    input: Record<string, unknown>,
  ): Promise<RequestFate> {
    const strikes = (fault: Fault) => faults.strikes(fault, moment);
    await wait(chance.between(2, 15, `latency ${moment}`));
    if (strikes('table-throttled')) return 'throttle';
    if (strikes('table-unreached')) return unanswered(REQUEST_TIMEOUT_MS.tables);
    if (strikes('table-reply-lost')) {
      carryOut(tables, operation, input);
      return unanswered(REQUEST_TIMEOUT_MS.tables);
    }
    if (strikes('table-late')) {
      await wait(REQUEST_TIMEOUT_MS.tables);
      const arrives = wait(chance.between(0, LATE_MAX_MS, `late ${moment}`));
      return { arrives };
    }
    if (MEETS_TRANSACTIONS.has(operation) && strikes('table-conflict')) return 'conflict';
    if (operation.startsWith('Batch') && strikes('table-left-over')) return 'partial';
    if (operation === 'Query' && strikes('table-stale')) return 'stale';
    if (strikes('table-slow')) await wait(chance.between(200, 950, `slow ${moment}`));
    return 'ok';
  }

  async function queueFate(
    moment: string,
    operation: string,
    input: Record<string, unknown>,
  ): Promise<RequestFate> {
    await wait(chance.between(2, 15, `latency ${moment}`));
    world.onQueueRequest();
    if (faults.strikes('queue-throttled', moment)) return 'throttle';
    if (faults.strikes('queue-reply-lost', moment)) {
      carryOut(queues, operation, input);
      return unanswered(REQUEST_TIMEOUT_MS.queue);
    }
    if (operation === 'SendMessageBatch' && faults.strikes('queue-left-over', moment)) {
      return 'partial';
    }
    return 'ok';
  }

  async function unanswered(timeoutMs: number): Promise<RequestFate> {
    await wait(timeoutMs);
    return 'lose-request';
  }

  return {
    dynamo: client((turn) => tables.client(turn), tableFate),
    sqs: client((turn) => queues.client(turn), queueFate),
    poster: {
      post: (connectionId, frame) =>
        environment.call(`post to ${connectionId}`, (moment) =>
          gateway.post(connectionId, frame, moment),
        ),
    },
    closer: {
      close: (connectionId) =>
        environment.call(`close ${connectionId}`, async (moment) => {
          await wait(chance.between(5, 40, `latency ${moment}`));
          return gateway.close(connectionId);
        }),
    },
    clock: environment.clock,
    after: environment.after,
    backoff: {
      wait: (attempt, baseMs, capMs) =>
        environment.call('backoff', (moment) =>
          wait(Math.ceil(fullJitterMs(attempt, baseMs, capMs, chance.of(moment)))),
        ),
    },
    pause: (ms) => environment.call('pause', () => wait(Math.ceil(ms))),
    pacingLimits: world.pacingLimits,
    newMessageId: world.newMessageId,
    log: world.log,
    metrics: { emit: () => {} },
  };
}

type Send = (command: object, options?: object) => Promise<unknown>;

const never = () => new Promise<never>(() => {});

const MEETS_TRANSACTIONS = new Set(['PutItem', 'UpdateItem', 'TransactWriteItems']);

/** Whether it succeeds or fails: nobody hears of it. */
function carryOut(
  service: Pick<SimulatedService, 'perform'>,
  operation: string,
  input: Record<string, unknown>,
): void {
  try {
    service.perform(operation, input, 'ok');
  } catch {
    // The answer is lost, and this was it.
  }
}
