import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  BURST_SECONDS,
  createPace,
  type Pace,
} from '../../../../../services/messages/3-deliver/pace.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';

const FOREVER = Number.POSITIVE_INFINITY;

function aPace(postsPerSecond = 100) {
  const clock = createFakeClock();
  return { clock, pace: createPace({ postsPerSecond, clock }) };
}

/** How many turns come at once. */
function takeAtOnce(pace: Pace): number {
  let count = 0;
  while (pace.take(0) !== undefined) count += 1;
  return count;
}

describe('the pace of an environment', () => {
  it('lets half a second of posts go at once, and the others at its rate', () => {
    const { clock, pace } = aPace(100);

    expect(takeAtOnce(pace)).toBe(50);
    clock.advance(100);
    expect(takeAtOnce(pace)).toBe(10);
  });

  it('promises turns ahead, one after the other', () => {
    const { pace } = aPace(100);
    takeAtOnce(pace);

    expect([1, 2, 3].map(() => pace.take(FOREVER))).toEqual([10, 20, 30]);
  });

  it('takes nothing for whoever cannot wait so long', () => {
    const { pace } = aPace(100);
    takeAtOnce(pace);

    expect(pace.take(9)).toBeUndefined();
    expect(pace.take(10)).toBe(10);
  });

  it('halves at a refusal, once for all the refusals of a moment, and keeps a bit', () => {
    const { clock, pace } = aPace(1_000);
    pace.slowDown();
    pace.slowDown();
    expect(pace.postsPerSecond).toBe(500);
    expect(takeAtOnce(pace)).toBe(0);

    for (let count = 0; count < 20; count += 1) {
      clock.advance(250);
      pace.slowDown();
    }
    expect(pace.postsPerSecond).toBe(50);
  });

  it('has its whole rate back ten seconds after the refusals end, and never more', () => {
    const { clock, pace } = aPace(1_000);
    for (let count = 0; count < 20; count += 1) {
      pace.slowDown();
      clock.advance(250);
    }
    clock.advance(4_000);
    expect(pace.postsPerSecond).toBeCloseTo(475, -2);
    clock.advance(6_000);
    expect(pace.postsPerSecond).toBe(1_000);
    clock.advance(60_000);
    expect(pace.postsPerSecond).toBe(1_000);
  });

  it('never lets more through than its rate times the time, and the bucket', () => {
    const step = fc.record({
      takes: fc.nat(300),
      passes: fc.nat(3_000),
      isRefused: fc.boolean(),
      patience: fc.constantFrom(0, 100, FOREVER),
    });
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 5_000 }), fc.array(step), (rate, steps) => {
        const { clock, pace } = aPace(rate);
        const posts: number[] = [];
        for (const { takes, passes, isRefused, patience } of steps) {
          for (let count = 0; count < takes; count += 1) {
            const wait = pace.take(patience);
            if (wait !== undefined) posts.push(clock.now() + wait);
          }
          if (isRefused) pace.slowDown();
          clock.advance(passes);
        }
        posts.sort((a, b) => a - b);
        // Between any two posts; timers know whole milliseconds only.
        const bucket = rate * BURST_SECONDS + rate / 1_000;
        let least = FOREVER;
        for (const [index, at] of posts.entries()) {
          const allowed = index - (rate * at) / 1_000;
          least = Math.min(least, allowed);
          expect(allowed + 1 - least).toBeLessThanOrEqual(bucket + 1e-3);
        }
      }),
    );
  });

  it('ends up with an equal part of an exhausted quota, however it began', () => {
    // Two environments, an account that gives 1,000 a second, and one of them has been slowed down.
    const clock = createFakeClock();
    const [ann, ben] = [1, 2].map(() => createPace({ postsPerSecond: 900, clock }));
    if (ann === undefined || ben === undefined) throw new Error('unreachable');
    for (let count = 0; count < 10; count += 1) {
      ben.slowDown();
      clock.advance(250);
    }
    for (let count = 0; count < 400; count += 1) {
      clock.advance(250);
      if (ann.postsPerSecond + ben.postsPerSecond > 1_000)
        for (const pace of [ann, ben]) pace.slowDown();
    }
    expect(ben.postsPerSecond / ann.postsPerSecond).toBeGreaterThan(0.9);
  });
});
