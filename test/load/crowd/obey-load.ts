import { setTimeout as delay } from 'node:timers/promises';
import type { Obey } from '../../support/orders.ts';
import { sumHistograms } from '../measure/histogram.ts';
import type { Crowd } from './crowd.ts';
import type { LoadOrders } from './load-orders.ts';

/** Longer than the library waits between two attempts, so that nobody is given up for bad luck. */
export const ENTER_PATIENCE_MS = 60_000;

/** @param enter how the crowd gets its members; they differ by who opens the first socket */
export function obeyLoad(crowd: Crowd, enter: Obey<LoadOrders>['enter']): Obey<LoadOrders> {
  return {
    enter,
    async talk(order) {
      await crowd.talk(order);
      return undefined;
    },
    async hush() {
      crowd.hush();
      return undefined;
    },
    async settle({ withinMs }) {
      await within(withinMs, crowd.underWay());
      const { acknowledged } = crowd.observations();
      return {
        unanswered: crowd.underWay().length,
        heads: Object.fromEntries(
          Object.entries(acknowledged).map(([roomId, ranges]) => [roomId, ranges.at(-1)?.[1] ?? 0]),
        ),
      };
    },
    async catchUp({ heads, withinMs }) {
      const entered = [...crowd.members].filter(([, { isLive }]) => isLive);
      const behind = await within(
        withinMs,
        entered.map(([number, member]) => member.reached(heads[crowd.roomOf(number)] ?? 0)),
      );
      return { behind };
    },
    async cut() {
      await Promise.all([...crowd.members.values()].map((member) => member.cut()));
      return undefined;
    },
    async back({ withinMs }) {
      return {
        missing: await within(
          withinMs,
          [...crowd.members.values()].map((member) => member.back()),
        ),
      };
    },
    async latencies({ talk }) {
      const { intervals = [] } = crowd.observations().talks[talk] ?? {};
      return sumHistograms(intervals.map(({ latencyMs }) => latencyMs));
    },
    progress: async () => crowd.progress(),
    async end() {
      const observations = crowd.observations();
      crowd.close();
      return observations;
    },
  };
}

/** Opens the sockets itself, so many a second. */
export function enterAtPace(crowd: Crowd): Obey<LoadOrders>['enter'] {
  return async ({ from, to, perSecond }) => {
    const startedAt = performance.now();
    const entering: Promise<void>[] = [];
    for (let number = from; number < to; number += 1) {
      if (!crowd.has(number)) continue;
      const early = startedAt + ((number - from) / perSecond) * 1_000 - performance.now();
      if (early > 0) await delay(early);
      // Who does not get in is missing from the report, which says so.
      entering.push(crowd.enter(number).catch(() => {}));
    }
    await within(ENTER_PATIENCE_MS, entering);
    return undefined;
  };
}

/** Resolves when all are done, or time is up: with how many are not. */
export async function within(ms: number, work: readonly Promise<unknown>[]): Promise<number> {
  const late = new AbortController();
  let open = work.length;
  const done = Promise.all(
    work.map(async (one) => {
      await one.catch(() => {});
      open -= 1;
    }),
  );
  const { signal } = late;
  await Promise.race([done, delay(ms, undefined, { signal }).catch(() => {})]);
  late.abort();
  return open;
}
