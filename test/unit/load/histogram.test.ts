import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHistogram, quantilesOf, sumHistograms } from '../../load/measure/histogram.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function recorded(values: readonly number[]) {
  const histogram = createHistogram();
  for (const value of values) histogram.record(value);
  return histogram.data();
}

describe('the histogram of latencies', () => {
  it('takes the nearest rank: the smallest value that the share does not exceed', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => index + 1);

    expect(quantilesOf(recorded(values.reverse()))).toEqual({
      count: 1_000,
      p50: 500,
      p99: 990,
      p999: 999,
      max: 1_000,
    });
  });

  it('rounds to three digits as a text of three digits would', () => {
    const numbers = fc.oneof(
      fc.integer({ min: 1, max: 10_000_000 }),
      fc.integer({ min: 10, max: 1_000_000 }).map((number) => number / 1_000),
    );
    fc.assert(
      fc.property(numbers, (ms) => {
        expect(recorded([ms]).counts).toEqual([[Number(ms.toPrecision(3)), 1]]);
      }),
      { examples: [[999.5], [9_995], [99.95], [100], [0.01]] },
    );
  });

  it('differs from the raw samples by half of the third digit at most', () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 20_000 }, () => -Math.log(1 - random()) * 700);
    const sorted = [...values].sort((a, b) => a - b);
    const found = quantilesOf(recorded(values));

    for (const [share, quantile] of [
      [0.5, found?.p50],
      [0.99, found?.p99],
      [0.999, found?.p999],
    ] as const) {
      const raw = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
      expect(Math.abs((quantile ?? 0) - raw) / raw).toBeLessThanOrEqual(0.005);
    }
    expect(found?.max).toBe(sorted.at(-1));
  });

  it('shows the one that took very long, wherever it was recorded', () => {
    const sum = sumHistograms([
      recorded(Array(998).fill(10)),
      recorded([12_345.6]),
      recorded([11]),
    ]);

    expect(quantilesOf(sum)).toEqual({ count: 1_000, p50: 10, p99: 10, p999: 11, max: 12_345.6 });
  });

  it('has no figure when nothing was recorded', () => {
    expect(quantilesOf(recorded([]))).toBeUndefined();
  });

  it('takes a message that came before it was meant to be sent for one that took no time', () => {
    expect(quantilesOf(recorded([-1, -1]))).toMatchObject({ p50: 0, max: 0 });
  });
});
