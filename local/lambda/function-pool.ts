import type { Clock } from '../clock.ts';
import type { Environment } from './environment.ts';
import type { InvocationRequest } from './environment-messages.ts';
import type { InvokeResult } from './invocation.ts';

type Request = Omit<InvocationRequest, 'timeoutMs'>;

export interface PoolStats {
  /** Environments alive, in or after init. */
  environments: number;
  busy: number;
  /** Invocations that wait for an environment. */
  waiting: number;
}

/** The execution environments of one function. */
export interface FunctionPool {
  run(request: Request): Promise<InvokeResult>;
  /** Ends one busy environment; false when none is busy. */
  kill(): boolean;
  stats(): PoolStats;
  /** Ends all environments; waiting invocations end as crashes. */
  close(): Promise<void>;
}

export interface FunctionPoolDeps {
  start(): Environment;
  maxEnvironments: number;
  idleMs: number;
  clock: Clock;
}

const CLOSED: InvokeResult = {
  status: 'function-error',
  cause: 'crash',
  errorType: 'Runtime.ExitError',
  message: 'The local runtime is stopping',
};

/**
 * Gives each invocation an environment of its own: the warm one used last, else a new one, else,
 * at `maxEnvironments`, the next one that becomes free, first come first served. AWS would start
 * another environment or throttle there; a laptop has no thousand environments to give, and
 * throttling because of that would make a local run behave as no deployment does.
 */
export function createFunctionPool(deps: FunctionPoolDeps): FunctionPool {
  const alive = new Set<Environment>();
  const busy = new Set<Environment>();
  const warm: { environment: Environment; cancelReaper: () => void }[] = [];
  const waiting: ((environment: Environment | undefined) => void)[] = [];
  let closed = false;

  function startOne(): Environment {
    const environment = deps.start();
    alive.add(environment);
    void environment.ended.then(() => {
      alive.delete(environment);
      const index = warm.findIndex((entry) => entry.environment === environment);
      if (index >= 0) warm.splice(index, 1)[0]?.cancelReaper();
      // Its place is free again: whoever waits longest gets a new one.
      if (!closed && alive.size < deps.maxEnvironments) waiting.shift()?.(startOne());
    });
    return environment;
  }

  async function acquire(): Promise<Environment | undefined> {
    const last = warm.pop();
    if (last) {
      last.cancelReaper();
      return last.environment;
    }
    if (alive.size < deps.maxEnvironments) return startOne();
    return new Promise((resolve) => waiting.push(resolve));
  }

  function release(environment: Environment, result: InvokeResult): void {
    busy.delete(environment);
    const survives = result.status === 'returned' || survivesError(result);
    if (!survives || !alive.has(environment) || closed) return;
    const next = waiting.shift();
    if (next) {
      next(environment);
      return;
    }
    const cancelReaper = deps.clock.after(deps.idleMs, () => {
      const index = warm.findIndex((entry) => entry.environment === environment);
      if (index >= 0) warm.splice(index, 1);
      void environment.stop();
    });
    warm.push({ environment, cancelReaper });
  }

  return {
    async run(request) {
      const environment = closed ? undefined : await acquire();
      if (!environment) return CLOSED;
      busy.add(environment);
      const result = await environment.invoke(request);
      release(environment, result);
      return result;
    },
    kill() {
      const [victim] = busy;
      void victim?.stop();
      return victim !== undefined;
    },
    stats: () => ({ environments: alive.size, busy: busy.size, waiting: waiting.length }),
    async close() {
      closed = true;
      for (const give of waiting.splice(0)) give(undefined);
      for (const { cancelReaper } of warm.splice(0)) cancelReaper();
      await Promise.all([...alive].map((environment) => environment.stop()));
    },
  };
}

/** A handler that throws leaves its environment in order; every other failure ends it. */
function survivesError(result: InvokeResult): boolean {
  return (
    result.status === 'function-error' &&
    (result.cause === 'handler' || result.cause === 'payload-too-large')
  );
}
