import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GatewayLimits } from '../../../local/gateway/limits.ts';

export type AccountLimits = Pick<GatewayLimits, 'requestsPerSecond' | 'requestBurst'>;

export interface GatewayRequest {
  id: number;
  /** Connections to be there from now on. */
  open?: string[];
  /** Begins with a full bucket. */
  limits?: AccountLimits;
  /** Answers when these messages have reached so many members each, or after that time. */
  expect?: { numbers: number[]; members: number; withinMs: number };
  tell?: number[];
}

export interface Reached {
  members: number;
  /** Milliseconds since the epoch; 0 when nobody was reached. */
  lastAt: number;
}

export interface GatewayAnswer {
  id: number;
  /** Since the start, by the status of the answer. */
  posts: Record<number, number>;
  reached: Record<number, Reached>;
}

/** The gateway of the benchmark, from outside. */
export interface BenchGateway {
  endpoint: string;
  ask(request: Omit<GatewayRequest, 'id'>): Promise<GatewayAnswer>;
  stop(): void;
}

export async function startBenchGateway(): Promise<BenchGateway> {
  const child = fork(fileURLToPath(new URL('gateway-process.ts', import.meta.url)));
  const [port] = await once(child, 'message');
  const waiting = new Map<number, (answer: GatewayAnswer) => void>();
  child.on('message', (answer: GatewayAnswer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let id = 0;
  return {
    endpoint: `http://127.0.0.1:${port}/live`,
    ask(request) {
      id += 1;
      const { promise, resolve } = Promise.withResolvers<GatewayAnswer>();
      waiting.set(id, resolve);
      child.send({ id, ...request });
      return promise;
    },
    stop: () => child.disconnect(),
  };
}
