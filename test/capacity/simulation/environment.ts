import { RESERVE_MS } from '../../../services/messages/3-deliver/deliver.ts';
import { createPace } from '../../../services/messages/3-deliver/pace.ts';
import { createPressure, type Pressure } from '../../../services/messages/3-deliver/pressure.ts';
import { ASSUMPTIONS } from '../platform.ts';
import type { Account } from './account.ts';
import type { Letter } from './fair-queue.ts';
import type { Frame, Ledger } from './ledger.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One environment of `3-deliver`: it has one batch at a time, and its pace outlives the batches. */
export interface Environment {
  /** Posts until everybody has everything, or its time is up; then tells what is left over. */
  run(letters: readonly Letter[], onDone: (remains: Letter[]) => void): void;
  /** What it has at hand now. */
  atHand(): readonly Letter[];
}

export interface EnvironmentOptions {
  time: VirtualTime;
  /** Its part of what the stack may post. */
  postsPerSecond: number;
  account: Account;
  ledger: Ledger;
  /** From 0 to below 1. */
  random: () => number;
}

/** Posts that the simulation takes for one event. */
const SLICE = 20;

const TIMEOUT_MS = 30_000;
const BACKOFF_BASE_MS = 200;
const BACKOFF_MAX_MS = 2_000;

/** How often a post goes out: as fast as its sockets and its part of a core allow. */
const POST_EVERY_MS = Math.max(
  ASSUMPTIONS.postMs / ASSUMPTIONS.postsAtOnce,
  ASSUMPTIONS.postCpuMs / ASSUMPTIONS.deliverCoreShare,
);

/** A frame for members of one letter who are as far as each other. */
interface Task {
  letter: Letter;
  frame: Frame;
  members: number;
  refusals: number;
  notBefore: number;
}

export function createEnvironment(options: EnvironmentOptions): Environment {
  const { time, postsPerSecond, account, ledger, random } = options;
  const pace = createPace({ postsPerSecond, clock: time });
  let tasks: Task[] = [];

  function run(letters: readonly Letter[], onDone: (remains: Letter[]) => void): void {
    const pressure = createPressure();
    const endsAt = time.now() + TIMEOUT_MS - RESERVE_MS;
    tasks = letters.flatMap((letter) =>
      letter.parts.map((part) => ({ letter, ...part, refusals: 0, notBefore: 0 })),
    );
    time.after(ASSUMPTIONS.deliverStartMs, step);

    function step(): void {
      if (tasks.length === 0) {
        // The answers to the last posts.
        time.after(ASSUMPTIONS.postMs, () => onDone([]));
        return;
      }
      const task = tasks.find(({ notBefore }) => notBefore <= time.now());
      if (task === undefined) {
        const nextAt = Math.min(...tasks.map(({ notBefore }) => notBefore));
        if (nextAt < endsAt) time.at(nextAt, step);
        else stop();
        return;
      }
      const turns = takeTurns(Math.min(SLICE, task.members), endsAt - time.now());
      if (turns.count === 0) stop();
      else {
        const takesMs = Math.max(turns.waitMs, turns.count * POST_EVERY_MS);
        time.after(takesMs, () => {
          post(task, turns.count, pressure);
          step();
        });
      }
    }

    function stop(): void {
      const remains = tasks.map(({ letter, frame, members }) => ({
        ...letter,
        parts: [{ frame, members }],
      }));
      tasks = [];
      onDone(remains);
    }
  }

  function takeTurns(count: number, patienceMs: number): { count: number; waitMs: number } {
    let taken = 0;
    let waitMs = 0;
    for (; taken < count; taken += 1) {
      const wait = patienceMs < 0 ? undefined : pace.take(patienceMs);
      if (wait === undefined) break;
      waitMs = wait;
    }
    return { count: taken, waitMs };
  }

  function post(task: Task, count: number, pressure: Pressure): void {
    const framesBefore = pressure.frames;
    const granted = account.post(count);
    ledger.deliver(task.frame, granted, time.now() + ASSUMPTIONS.postMs);
    for (let index = 0; index < granted; index += 1) {
      pressure.taken(task.refusals);
      if (task.refusals > 0 && pressure.isFelt) pace.slowDown();
    }
    task.members -= count;
    if (task.members === 0) tasks.splice(tasks.indexOf(task), 1);
    const refused = count - granted;
    if (refused === 0) return;
    for (let index = 0; index < refused; index += 1) {
      if (task.refusals === 0) pressure.refused(framesBefore);
      if (pressure.isFelt) pace.slowDown();
    }
    const upToMs = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** task.refusals);
    tasks.push({
      ...task,
      members: refused,
      refusals: task.refusals + 1,
      notBefore: time.now() + random() * upToMs,
    });
  }

  return {
    run,
    atHand: () =>
      tasks.map(({ letter, frame, members }) => ({ ...letter, parts: [{ frame, members }] })),
  };
}
