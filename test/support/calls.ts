import { unavailable } from '../../shared/domain/errors.ts';

/**
 * Every call that goes through the in-memory ports: written down in order, and made to fail on
 * demand. A name is `port.method`, as in `store.append`.
 */
export interface Calls {
  readonly made: readonly string[];
  count(name: string): number;
  /** The next `times` calls fail and have no effect. */
  failNext(name: string, times?: number, error?: Error): void;
  /** The next `times` calls take effect, and then fail: the reply was lost. */
  loseReplyOf(name: string, times?: number, error?: Error): void;
  through<T>(name: string, effect: () => T | Promise<T>): Promise<T>;
}

/** @param turn awaited before each call takes effect: where a simulation orders concurrent calls. */
export function createCalls(turn: (name: string) => Promise<void> = async () => {}): Calls {
  const made: string[] = [];
  const failures = new Map<string, Error[]>();
  const lostReplies = new Map<string, Error[]>();

  const plan = (plans: Map<string, Error[]>, name: string, times: number, error: Error) =>
    plans.set(name, [...(plans.get(name) ?? []), ...new Array<Error>(times).fill(error)]);

  return {
    made,
    count: (name) => made.filter((call) => call === name).length,
    failNext: (name, times = 1, error = unavailable(`${name} is out of reach`)) => {
      plan(failures, name, times, error);
    },
    loseReplyOf: (name, times = 1, error = unavailable(`the reply of ${name} was lost`)) => {
      plan(lostReplies, name, times, error);
    },
    async through(name, effect) {
      made.push(name);
      await turn(name);
      const failure = failures.get(name)?.shift();
      if (failure !== undefined) throw failure;
      const result = await effect();
      const lost = lostReplies.get(name)?.shift();
      if (lost !== undefined) throw lost;
      return result;
    },
  };
}
