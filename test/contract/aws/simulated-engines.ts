import { setTimeout as delay } from 'node:timers/promises';
import { createSimulatedQueues } from '../../faults/simulation/queue.ts';
import type {
  RequestFate,
  SimulatedService,
  Turn,
} from '../../faults/simulation/simulated-client.ts';
import { cancelled } from '../../faults/simulation/tables/errors.ts';
import { createSimulatedTables } from '../../faults/simulation/tables.ts';
import { anSdkError } from '../../support/fake-sdk-client.ts';
import type { EngineReply, FaultProxy, Intercept } from '../../support/fault-proxy.ts';
import type { TemplateStores } from '../../support/template-stores.ts';
import type { Engines } from './engines.ts';

/** When the client gives a request up that nobody answers; that of the functions waits a second. */
const REQUEST_TIMEOUT_MS = 20;

const pass: Intercept = (_call, forward) => forward();

/** The simulated tables and queues in the place of the engines, to be spoiled in the same way. */
export async function startSimulatedEngines(): Promise<Engines> {
  const { model, names }: TemplateStores = JSON.parse(process.env.SIMULATED_STORES ?? '');
  const tables = createSimulatedTables({ tables: model.tables, clock: Date });
  const queues = createSimulatedQueues({ queues: model.queues, clock: Date });
  const dynamoDb = intercepted(tables);
  const sqs = intercepted(queues);
  return {
    client: tables.client(dynamoDb.turn),
    patientClient: tables.client(dynamoDb.turn, 1),
    sqsClient: queues.client(sqs.turn),
    dynamoDb,
    sqs,
    names,
    tables: model.tables,
    stop: async () => {},
  };
}

/** What the proxy does between an SDK client and an engine, at the turns of a simulated client. */
function intercepted(service: SimulatedService): FaultProxy & { turn: Turn } {
  const calls: FaultProxy['calls'] = [];
  let decide = pass;

  async function turn(operation: string, { input }: { input: Record<string, unknown> }) {
    const call = { operation, input, userAgent: 'simulated' };
    calls.push(call);
    if (decide === pass) return 'ok';
    const forwarded: { error?: Error } = {};
    const forward = async (changed = input): Promise<EngineReply> => {
      try {
        return { status: 200, body: { ...service.perform(operation, changed, 'ok') } };
      } catch (error) {
        forwarded.error = error as Error;
        return { status: 400, body: {} };
      }
    };
    const reply = await Promise.race([
      decide(call, forward),
      delay(REQUEST_TIMEOUT_MS, 'lost' as const, { ref: false }),
    ]);
    return toFate(reply, forwarded.error);
  }

  return {
    endpoint: '',
    calls,
    turn,
    intercept: (next = pass) => {
      decide = next;
    },
    close: async () => {},
  };
}

function toFate(reply: EngineReply | 'lost', error: Error | undefined): RequestFate {
  if (reply === 'lost') return 'lose-request';
  if (reply.status === 200) return { answer: reply.body };
  if (error !== undefined) return { error };
  const { __type, CancellationReasons, ...rest } = reply.body;
  const name = String(__type).split('#').at(-1) ?? '';
  if (Array.isArray(CancellationReasons)) return { error: cancelled(CancellationReasons) };
  return { error: Object.assign(anSdkError(name, reply.status), rest) };
}
