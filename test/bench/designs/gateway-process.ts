/** The management API in a process of its own, over connections that take down what they are sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../local/clock.ts';
import type { Connection } from '../../../local/gateway/connection.ts';
import { DEFAULT_LIMITS } from '../../../local/gateway/limits.ts';
import { createManagementApi } from '../../../local/gateway/management-api.ts';
import { createTokenBucket } from '../../../local/gateway/token-bucket.ts';
import type { GatewayAnswer, GatewayRequest, Reached } from './gateway.ts';

/** Of each post, from the front of the gateway to its answer. */
const POST_MS = 15;

/** Messages carry their number in their text, as in `#17#`. */
const NUMBER = /#(\d+)#/g;

interface Arrivals {
  connections: Set<string>;
  lastAt: number;
}

const connections = new Map<string, Connection>();
const arrivals = new Map<number, Arrivals>();
const posts: Record<number, number> = {};
let waiting: (() => void)[] = [];
let manage: ReturnType<typeof createManagementApi> | undefined;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (manage?.(request, response, request.url ?? '') !== true) response.writeHead(404).end();
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
// Ctrl-C goes to the whole group; the parent's end is the signal.
process.on('SIGINT', () => undefined);

process.on('message', async ({ id, ...request }: GatewayRequest) => {
  const answer: GatewayAnswer = { id, ...(await carryOut(request)) };
  process.send?.(answer);
});

async function carryOut(request: Omit<GatewayRequest, 'id'>): Promise<Omit<GatewayAnswer, 'id'>> {
  const { open, limits, expect } = request;
  if (open !== undefined) {
    for (const connectionId of open) connections.set(connectionId, aConnection(connectionId));
  }
  if (limits !== undefined) {
    const { requestsPerSecond, requestBurst } = limits;
    manage = createManagementApi({
      stageName: 'live',
      connections,
      throttle: createTokenBucket(systemClock, requestsPerSecond, requestBurst),
      maxPostBytes: DEFAULT_LIMITS.messageBytes,
      clock: systemClock,
      random: Math.random,
      faults: { delayPostMs: POST_MS },
      trace: undefined,
      onPost({ status }) {
        posts[status] = (posts[status] ?? 0) + 1;
      },
    });
  }
  if (expect !== undefined) await arrived(expect);
  const reached: Record<number, Reached> = {};
  for (const number of request.tell ?? []) {
    const { connections: those, lastAt } = arrivalsOf(number);
    reached[number] = { members: those.size, lastAt };
  }
  return { posts: { ...posts }, reached };
}

/** Resolves when all of them have arrived, or at the latest. */
async function arrived(expect: NonNullable<GatewayRequest['expect']>): Promise<void> {
  const { numbers, members, withinMs } = expect;
  const isComplete = () =>
    numbers.every((number) => arrivalsOf(number).connections.size >= members);
  let isLate = false;
  const giveUp = setTimeout(() => {
    isLate = true;
    wake();
  }, withinMs);
  while (!isComplete() && !isLate) await new Promise<void>((resolve) => waiting.push(resolve));
  clearTimeout(giveUp);
}

function wake(): void {
  const woken = waiting;
  waiting = [];
  for (const resolve of woken) resolve();
}

function arrivalsOf(number: number): Arrivals {
  const known = arrivals.get(number) ?? { connections: new Set(), lastAt: 0 };
  arrivals.set(number, known);
  return known;
}

function aConnection(connectionId: string): Connection {
  return {
    facts: { connectionId, connectedAt: 0, identity: { sourceIp: '127.0.0.1' } },
    isOpen: () => true,
    lastActiveAt: () => 0,
    send(frame) {
      for (const [, number] of frame.toString().matchAll(NUMBER)) {
        const known = arrivalsOf(Number(number));
        if (known.connections.has(connectionId)) continue;
        known.connections.add(connectionId);
        known.lastAt = Date.now();
      }
      wake();
      return 'sent';
    },
    close: () => undefined,
  };
}
