import type { Clock } from '../../../client/types.ts';
import type { Invoke, InvokeResult } from '../../../local/lambda/invocation.ts';
import { type Chance, createMoments } from './chance.ts';
import type { Faults } from './faults.ts';

/** A Lambda environment as its function meets it: time, and a way to the outside world. */
export interface Environment {
  readonly name: string;
  /** A machine of its own, whose clock may be a little off. */
  readonly clock: { now(): number };
  /**
   * One await on the outside world. The environment may end before the call leaves, or before its
   * answer is heard: then the promise never settles, and what has left takes its effect all the same.
   */
  call<T>(what: string, run: (moment: string) => Promise<T>): Promise<T>;
  isAlive(): boolean;
  /** A timer of the function's own; it ends with the environment. */
  after(ms: number, callback: () => void): () => void;
  /** Time passes, for what is outside: an answer on its way, a machine at work. */
  pause(ms: number): Promise<void>;
}

/** What the handlers use of the context. */
interface LambdaContext {
  functionName: string;
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

type Handler = (event: unknown, context: LambdaContext) => Promise<unknown>;

export interface SimulatedFunction {
  timeoutMs: number;
  /** The composition root; runs once for each environment. */
  compose(environment: Environment): Handler;
}

export interface Functions {
  invoke: Invoke;
  /** A new version: what is idle ends, what runs may finish. */
  deploy(): void;
  /** Whether an invocation is under way. */
  isBusy(): boolean;
}

export interface FunctionsOptions {
  functions: Record<string, SimulatedFunction>;
  time: Clock;
  chance: Chance;
  faults: Faults;
}

/** What hearing of the end of an environment takes. */
const CRASH_NOTICE_MS = 20;
const SKEW_MAX_MS = 500;
const COLD_START_MS = 150;
const SLOW_COLD_START_MS = 3_000;

/** The function service: one invocation at a time in each environment, as many of them as it takes. */
export function createFunctions({ functions, time, chance, faults }: FunctionsOptions): Functions {
  const idle = new Map<string, RunningEnvironment[]>();
  const nameMoment = createMoments();
  let version = 1;
  let underWay = 0;

  interface RunningEnvironment extends Environment {
    readonly version: number;
    readonly handler: Handler;
    /** Hands the event over; resolves when the handler ends, or the environment does. */
    run(invocation: string, event: unknown, timeoutMs: number): Promise<InvokeResult>;
  }

  function start(functionId: string, { compose }: SimulatedFunction): RunningEnvironment {
    const name = nameMoment(functionId);
    const skewMs = faults.strikes('skewed-clock', name)
      ? chance.between(-SKEW_MAX_MS, SKEW_MAX_MS, `skew of ${name}`)
      : 0;
    let alive = true;
    let invocation = name;
    let calls = 0;
    let onEnd: (cause: 'crash' | 'hang') => void = () => {};

    /** Whether the environment ends here. A hang is heard of when the function's time is over. */
    function ends(moment: string): boolean {
      const cause = (['crash', 'hang'] as const).find((fault) => faults.strikes(fault, moment));
      if (cause === undefined) return false;
      alive = false;
      onEnd(cause);
      return true;
    }

    const environment: RunningEnvironment = {
      name,
      version,
      clock: { now: () => time.now() + skewMs },
      isAlive: () => alive,
      async call(what, run) {
        calls += 1;
        const moment = `${invocation} ${calls} ${what}`;
        if (!alive || ends(`before ${moment}`)) return never();
        try {
          const answer = await run(moment);
          return !alive || ends(`after ${moment}`) ? never() : answer;
        } catch (error) {
          if (!alive || ends(`after ${moment}`)) return never();
          throw error;
        }
      },
      after: (ms, callback) => time.after(Math.ceil(ms), () => alive && callback()),
      pause: (ms) => new Promise((resolve) => time.after(ms, resolve)),
      run(next, event, timeoutMs) {
        invocation = next;
        calls = 0;
        const deadline = time.now() + timeoutMs;
        return new Promise((resolve) => {
          const cancel = time.after(timeoutMs, () => {
            alive = false;
            resolve(failure('timeout', `Task timed out after ${timeoutMs / 1_000} seconds`));
          });
          onEnd = (cause) => {
            if (cause === 'hang') return;
            cancel();
            const told = failure('crash', 'Runtime exited');
            time.after(CRASH_NOTICE_MS, () => resolve(told));
          };
          const context: LambdaContext = {
            functionName: functionId,
            awsRequestId: next,
            getRemainingTimeInMillis: () => Math.max(0, deadline - time.now()),
          };
          environment.handler(event, context).then(
            (payload) => {
              cancel();
              resolve({ status: 'returned', payload: payload ?? null });
            },
            (error: unknown) => {
              cancel();
              resolve(failure('handler', String(error)));
            },
          );
        });
      },
      get handler() {
        return handler;
      },
    };
    const handler = compose(environment);
    return environment;
  }

  return {
    async invoke(functionId, event) {
      const settings = functions[functionId];
      if (settings === undefined) throw new Error(`There is no function ${functionId}.`);
      underWay += 1;
      const invocation = nameMoment(`${functionId} of ${originOf(event)}`);
      const waiting = idle.get(functionId) ?? [];
      idle.set(functionId, waiting);
      let environment = waiting.pop();
      while (environment?.isAlive() === false) environment = waiting.pop();
      if (environment === undefined) {
        const slow = faults.strikes('cold-start', invocation);
        await new Promise<void>((resolve) =>
          time.after(slow ? SLOW_COLD_START_MS : COLD_START_MS, resolve),
        );
        environment = start(functionId, settings);
      }
      const result = await environment.run(invocation, event, settings.timeoutMs);
      underWay -= 1;
      if (environment.isAlive() && environment.version === version) waiting.push(environment);
      return result;
    },
    deploy() {
      version += 1;
      idle.clear();
    },
    isBusy: () => underWay > 0,
  };
}

const never = () => new Promise<never>(() => {});

function failure(cause: 'timeout' | 'crash' | 'handler', message: string): InvokeResult {
  return { status: 'function-error', cause, errorType: 'Error', message };
}

interface EventOrigin {
  requestContext?: { connectionId: string };
  Records?: { messageId?: string; dynamodb?: { Keys: unknown } }[];
}

/** Whose event it is, so that moments keep their names when other things are left out of a run. */
function originOf(event: unknown): string {
  const { requestContext, Records: [record] = [] } = event as EventOrigin;
  if (requestContext !== undefined) return requestContext.connectionId;
  return record?.messageId ?? JSON.stringify(record?.dynamodb?.Keys);
}
