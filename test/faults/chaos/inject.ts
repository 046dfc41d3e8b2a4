import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayFaults } from '../../../local/gateway/faults.ts';
import type { LocalStack } from '../../../local/stack.ts';
import type { Hop } from '../../../local/trace.ts';
import { now } from '../../support/now.ts';
import type { Crowd } from './crowd.ts';
import type { FaultKind, PlannedFault } from './plan.ts';

export interface InjectDeps {
  stack: Pick<
    LocalStack,
    'origin' | 'model' | 'gateway' | 'invoker' | 'dynamoDb' | 'sqs' | 'markStreams'
  >;
  /** The object that the gateway reads at every use. */
  gatewayFaults: GatewayFaults;
  crowd: Crowd;
  random: () => number;
  /** Calls the listener, in the middle of it, whenever a message passes that hop. */
  onHop(hop: Hop, listener: () => void): () => void;
  /** Aborts when the run is over: what waits for its moment has missed it. */
  over: AbortSignal;
}

/** How long after a function was called it is killed, at most: long enough to be past its start. */
const KILL_WITHIN_MS = 15;
/** Whether a buffer is full can be seen only while nothing else answers in the gateway's place. */
const MEDDLES_WITH_POSTS: readonly FaultKind[] = [
  'clients-paused',
  'posts-throttled',
  'posts-lost',
];
const CUT_SHARE = 0.1;
const FILLER = JSON.stringify({ type: 'filler', text: 'x'.repeat(30_000) });
const FILL_POSTS_MAX = 1_000;
const FILL_AT_ONCE = 20;

/** Does it, and says what was done when it is over; nothing when there was no occasion. */
type Injection = (fault: PlannedFault) => Promise<string | undefined>;

/** @returns when it began, and what was done; undefined when there was no occasion. */
export type Inject = (fault: PlannedFault) => Promise<{ at: number; detail: string } | undefined>;

export function createInject(deps: InjectDeps): Inject {
  const { stack, gatewayFaults, crowd, random, onHop, over } = deps;

  const functionNamed = (name: string) => {
    const found = stack.model.functions.find(({ functionName }) => functionName === name);
    if (found === undefined) throw new Error(`The template has no function ${name}.`);
    return found.id;
  };

  /** Waits for the hop that the function is called in, until one of its environments is busy. */
  function kill(name: string, hop: Hop, afterMs: number): Promise<string | undefined> {
    const functionId = functionNamed(name);
    return new Promise((resolve) => {
      let isOver = false;
      const finish = (detail?: string) => {
        isOver = true;
        ignore();
        over.removeEventListener('abort', miss);
        resolve(detail);
      };
      const miss = () => finish();
      const strike = () => {
        if (!isOver && stack.invoker.kill(functionId)) finish(name);
      };
      const ignore = onHop(hop, () => {
        // A post that is being answered is under way this very moment.
        if (afterMs === 0) strike();
        else setTimeout(strike, afterMs);
      });
      over.addEventListener('abort', miss);
    });
  }

  /**
   * Posts to a client that does not read until the gateway says that it has no room for more: the
   * system takes megabytes before that. The library passes over frames that it does not know.
   */
  async function fillBuffers(client: string): Promise<boolean> {
    const connection = stack.gateway
      .openConnections()
      .find(({ authorizer }) => authorizer?.principalId === client);
    if (connection === undefined) return false;
    const id = encodeURIComponent(connection.connectionId);
    const url = `${stack.origin}/${stack.model.webSocketApi.stageName}/@connections/${id}`;
    const post = async () => (await fetch(url, { method: 'POST', body: FILLER })).status;
    for (let posts = 0; posts < FILL_POSTS_MAX; posts += FILL_AT_ONCE) {
      const statuses = await Promise.all(Array.from({ length: FILL_AT_ONCE }, post));
      if (statuses.some((status) => status !== 200)) return statuses.includes(429);
    }
    return false;
  }

  const injections: Record<FaultKind, Injection> = {
    'deliver-killed': () => kill('MessagesDeliver', 'deliver', 0),
    'send-killed': ({ draw }) => kill('MessagesSend', 'send', 1 + draw * KILL_WITHIN_MS),
    'fan-out-killed': ({ draw }) => kill('MessagesFanOut', 'stream', 1 + draw * KILL_WITHIN_MS),

    async 'queue-stopped'({ forMs }) {
      await stack.sqs.interrupt();
      await delay(forMs);
      await stack.sqs.resume();
      return `${forMs} ms`;
    },

    async 'database-restarted'({ forMs }) {
      await stack.dynamoDb.interrupt();
      await delay(forMs);
      await stack.dynamoDb.resume();
      return `${forMs} ms`;
    },

    async 'stream-replayed'({ forMs }) {
      const replay = stack.markStreams();
      await delay(forMs);
      replay();
      return `the last ${forMs} ms`;
    },

    async 'clients-paused'({ draw, forMs }) {
      const { paused } = await crowd.tell('pause', { draw });
      const full = await Promise.all(paused.map(fillBuffers));
      await delay(forMs);
      await crowd.tell('resume', { paused });
      return `${full.filter(Boolean).length} clients for ${forMs} ms`;
    },

    async 'connections-cut'({ draw }) {
      const { cut } = await crowd.tell('cut', { draw, share: CUT_SHARE });
      return cut === 0 ? undefined : `${cut} connections`;
    },

    async 'posts-throttled'({ forMs }) {
      gatewayFaults.failPost = () => (random() < 0.7 ? 429 : undefined);
      await delay(forMs);
      delete gatewayFaults.failPost;
      return `${forMs} ms`;
    },

    async 'posts-lost'({ forMs }) {
      gatewayFaults.losePost = 0.33;
      await delay(forMs);
      delete gatewayFaults.losePost;
      return `${forMs} ms`;
    },
  };

  /** One of a kind at a time, and one that meddles with posts: the next waits for the one before. */
  const lanes = new Map<string, Promise<unknown>>();
  return (fault) => {
    const lane = MEDDLES_WITH_POSTS.includes(fault.kind) ? 'posts' : fault.kind;
    const before = lanes.get(lane) ?? Promise.resolve();
    const injected = before.then(async () => {
      const at = now();
      const detail = await injections[fault.kind](fault);
      return detail === undefined ? undefined : { at, detail };
    });
    lanes.set(
      lane,
      injected.catch(() => {}),
    );
    return injected;
  };
}
