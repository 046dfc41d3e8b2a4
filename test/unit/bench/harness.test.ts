import { describe, expect, it } from '@jest/globals';
import { measure, median, medianRatio } from '../../bench/harness.ts';

describe('measure', () => {
  it('runs the variants in turn, and leaves the first round out', async () => {
    const order: string[] = [];
    const progress: string[] = [];
    const variant = (name: string) => ({
      name,
      run: async () => {
        order.push(name);
        return 10;
      },
    });
    const onProgress = (line: string) => void progress.push(line);
    const measured = await measure([variant('a'), variant('b')], { rounds: 2, onProgress });

    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(measured.map(({ name, cpuUs, wallUs }) => [name, cpuUs.length, wallUs.length])).toEqual([
      ['a', 2, 2],
      ['b', 2, 2],
    ]);
    expect(progress).toEqual(['warming up', 'round 1 of 2', 'round 2 of 2']);
  });

  it('counts CPU and time per unit of work', async () => {
    const busy = {
      name: 'busy',
      run: async () => {
        const until = performance.now() + 20;
        while (performance.now() < until);
        return 1_000;
      },
    };
    const [measured] = await measure([busy], { rounds: 1, onProgress: () => undefined });

    // 20 ms for 1,000 units are 20 µs each, more where others work; Node has four threads to do it.
    expect(measured?.wallUs[0]).toBeGreaterThanOrEqual(20);
    expect(measured?.cpuUs[0]).toBeLessThanOrEqual(Number(measured?.wallUs[0]) * 4);
  });
});

describe('median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 100], 3.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of nothing is an error', () => {
    expect(() => median([])).toThrow('no median of nothing');
  });

  it('of ratios pairs the values of a round', () => {
    // The second round was slow for both: the ratio of the medians would be 3.
    expect(medianRatio([2, 20, 6], [1, 10, 2])).toBe(2);
  });
});
