import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayFaults } from '../../../local/gateway/faults.ts';
import type { LocalStack } from '../../../local/stack.ts';
import type { Hop } from '../../../local/trace.ts';
import type { Crowd } from './crowd.ts';
import type { FaultKind, PlannedFault } from './plan.ts';

export interface InjectDeps {
  stack: Pick<LocalStack, 'model' | 'invoker' | 'dynamoDb' | 'sqs' | 'markStreams'>;
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
const CUT_SHARE = 0.1;

/** @returns what was done, when it is over; undefined when there was no occasion. */
export type Inject = (fault: PlannedFault) => Promise<string | undefined>;

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
      const finish = (detail?: string) => {
        ignore();
        over.removeEventListener('abort', miss);
        resolve(detail);
      };
      const miss = () => finish();
      const strike = () => {
        if (stack.invoker.kill(functionId)) finish(name);
      };
      const ignore = onHop(hop, () => {
        // A post that is being answered is under way this very moment.
        if (afterMs === 0) strike();
        else setTimeout(strike, afterMs);
      });
      over.addEventListener('abort', miss);
    });
  }

  const injections: Record<FaultKind, Inject> = {
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
      const { paused, flooded } = await crowd.tell('pause', { draw, forMs });
      return `${paused} clients for ${forMs} ms, ${flooded} large messages`;
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

  /** One of a kind at a time: the next waits until the one before is over. */
  const lanes = new Map<FaultKind, Promise<unknown>>();
  return (fault) => {
    const before = lanes.get(fault.kind) ?? Promise.resolve();
    const injected = before.then(() => injections[fault.kind](fault));
    lanes.set(
      fault.kind,
      injected.catch(() => {}),
    );
    return injected;
  };
}
