import { describe, expect, it } from '@jest/globals';
import type { Conducted } from '../../load/conduct.ts';
import { type ConductPart, conductBeside } from '../../load/conduct-beside.ts';
import { mergeObservations } from '../../load/measure/observations.ts';
import { readScenario } from '../../load/scenario.ts';

const { shape } = readScenario('beside');
const HOT = { members: 2_000, rate: 50 };

const conducted = (name: string, isInterrupted = false): Conducted => ({
  observations: {
    ...mergeObservations([]),
    talks: [{ intervals: [], startedAt: name === 'alone' ? 1_000 : 9_000, lastDeliveryAt: 9_999 }],
    refused: { [name]: 1 },
  },
  rates: [0.5],
  isInterrupted,
});

const run = (conductPart: ConductPart) =>
  conductBeside({ shape, hot: HOT, conductPart, signal: new AbortController().signal });

describe('quiet rooms beside a hot one', () => {
  it('talk alone first, and then again when the members of the hot room are in as well', async () => {
    const log: string[] = [];
    const enteredHot = Promise.withResolvers<void>();
    const { beside, observations } = await run(async (name, { shape: part, meet }) => {
      log.push(`${name} ${part.members} in ${part.rooms} at ${part.rate}/s`);
      if (name === 'hot') {
        await enteredHot.promise;
        log.push('hot is in');
      }
      // Its members are in; those of the hot room are not.
      if (name === 'beside') setImmediate(enteredHot.resolve);
      await meet?.();
      log.push(`${name} talk`);
      return conducted(name);
    });

    expect(log.slice(0, 5)).toEqual([
      'alone 500 in 50 at 0.5/s',
      'alone talk',
      'beside 500 in 50 at 0.5/s',
      'hot 2000 in 1 at 50/s',
      'hot is in',
    ]);
    expect(log.slice(5).toSorted()).toEqual(['beside talk', 'hot talk']);
    expect(beside?.hot.refused).toEqual({ hot: 1 });
    expect(observations.refused).toEqual({ alone: 1, beside: 1, hot: 1 });
    expect(observations.talks.map(({ startedAt }) => startedAt)).toEqual([1_000, 9_000]);
  });

  it('are not gone on with when they were interrupted alone', async () => {
    const names: string[] = [];
    const { isInterrupted, beside } = await run(async (name) => {
      names.push(name);
      return conducted(name, true);
    });

    expect(names).toEqual(['alone']);
    expect(isInterrupted).toBe(true);
    expect(beside).toBeUndefined();
  });

  it('wait for no hot room whose members do not get in', async () => {
    const running = run(async (name, { meet, signal }) => {
      if (name === 'hot') throw new Error('Nobody got in.');
      const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
      if (meet !== undefined) await Promise.race([meet(), stopped]);
      return conducted(name);
    });

    await expect(running).rejects.toThrow('Nobody got in.');
  });
});
