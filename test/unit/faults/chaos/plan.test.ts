import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FAULTS, planFaults } from '../../../faults/chaos/plan.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const KINDS = Object.keys(FAULTS).length;

describe('the plan of a run', () => {
  it('has every kind at least once, and none more than once more than another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 600_000 }), fc.nat(), (runMs, seed) => {
        const plan = planFaults(runMs, seededRandom(seed));
        const counts = [...Map.groupBy(plan, ({ kind }) => kind).values()].map(
          ({ length }) => length,
        );
        expect(counts).toHaveLength(KINDS);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('spreads them over the run, in order, and leaves its end to what lasts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20_000, max: 600_000 }), fc.nat(), (runMs, seed) => {
        const times = planFaults(runMs, seededRandom(seed)).map(({ atMs }) => atMs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times[0]).toBeGreaterThanOrEqual(runMs * 0.05 - 1);
        expect(times.at(-1)).toBeLessThanOrEqual(runMs * 0.9 + 1);
      }),
    );
  });

  it('has twenty faults in a minute', () => {
    expect(planFaults(60_000, seededRandom(1))).toHaveLength(20);
  });

  it('is the same for the same seed, and another for another', () => {
    const plan = (seed: number) => planFaults(60_000, seededRandom(seed));
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });
});
