import { describe, expect, it } from '@jest/globals';
import type { OpsSeriesData } from '../../../../../local/ops/contract.ts';
import { createLiveData, type OpsApi } from '../../../../../local/ops/page/live/live-data.ts';
import { mergeSeries } from '../../../../../local/ops/page/live/merge-series.ts';

const KEEP_MS = 1_000;
const dashboard = { name: 'chat-dev', stage: 'dev', region: 'eu-west-1', widgets: [] };

/** A stack that answers what it is given, or not at all, and a clock that is moved by hand. */
function setUp() {
  const asked: string[] = [];
  const timers: (() => void)[] = [];
  let answer: OpsSeriesData | Error = { now: 100, series: {} };
  const reply = async <T>(question: string, value: T): Promise<T> => {
    asked.push(question);
    if (answer instanceof Error) throw answer;
    return value;
  };
  const api: OpsApi = {
    dashboard: () => reply('dashboard', dashboard),
    series: (since) => reply(`series since ${since ?? 'ever'}`, answer as OpsSeriesData),
    alarms: () => reply('alarms', { alarms: [] }),
  };
  const clock = {
    now: () => 42,
    after: (_ms: number, run: () => void) => {
      timers.push(run);
      return () => timers.splice(timers.indexOf(run), 1);
    },
  };
  const data = createLiveData({ api, clock, everyMs: 2_000, keepMs: KEEP_MS });
  const changed = () => new Promise<void>((resolve) => void data.subscribe(resolve));
  return {
    data,
    asked,
    timers,
    changed,
    /** Runs the next round, with this answer. */
    async next(given: OpsSeriesData | Error) {
      answer = given;
      asked.length = 0;
      const settled = changed();
      timers.shift()?.();
      await settled;
      await Promise.resolve();
    },
  };
}

describe('what the page knows', () => {
  it('is all there is at first, and then what has changed', async () => {
    const { data, asked, changed, next } = setUp();
    const first = changed();
    data.run();
    await first;
    expect(asked).toEqual(['dashboard', 'series since ever', 'alarms']);
    await next({ now: 200, series: { a: [[180, 1]] } });
    expect(asked).toEqual(['series since 100', 'alarms']);
    await next({ now: 300, series: { a: [[180, 2]] } });
    expect(data.get().shown).toEqual({
      ...{ dashboard, alarms: [], now: 300 },
      series: { a: [[180, 2]] },
    });
  });

  it('stays while the stack does not answer, says since when, and is asked for anew after', async () => {
    const { data, asked, changed, next } = setUp();
    const first = changed();
    data.run();
    await first;
    await next({ now: 200, series: { a: [[180, 1]] } });
    await next(new Error('refused'));
    expect(data.get().lost).toEqual({ since: 42, problem: 'refused' });
    expect(data.get().shown?.series).toEqual({ a: [[180, 1]] });
    await next({ now: 900, series: { b: [[880, 5]] } });
    expect(asked).toEqual(['dashboard', 'series since ever', 'alarms']);
    expect(data.get()).toEqual({
      shown: { dashboard, alarms: [], now: 900, series: { b: [[880, 5]] } },
    });
  });

  it('asks nothing more when nobody looks', async () => {
    const { data, timers, changed } = setUp();
    const first = changed();
    const stop = data.run();
    await first;
    await Promise.resolve();
    expect(timers).toHaveLength(1);
    stop();
    expect(timers).toHaveLength(0);
  });
});

describe('points', () => {
  it('are added, replaced and forgotten; a series without changes stays as it is', () => {
    const known = {
      a: [
        [0, 1],
        [60, 2],
      ],
      b: [[0, 9]],
    } as const;
    const changes = {
      a: [
        [60, 3],
        [120, 4],
      ],
      b: [],
      c: [[120, 5]],
    } as const;
    const merged = mergeSeries(known, changes, 60);
    expect(merged).toEqual({
      a: [
        [60, 3],
        [120, 4],
      ],
      b: [[0, 9]],
      c: [[120, 5]],
    });
    expect(merged.b).toBe(known.b);
  });
});
