import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  addSample,
  createSampleSet,
  mergeSamples,
  parseStatistic,
} from '../../../../local/cloudwatch/statistics.ts';

function samplesOf(values: readonly number[]) {
  const samples = createSampleSet(true);
  for (const value of values) addSample(samples, value);
  return samples;
}

const read = (statistic: string, values: readonly number[]) =>
  parseStatistic(statistic)(samplesOf(values));

/** The smallest value that so many per cent of all are no larger than, from the raw samples. */
function exactPercentile(values: readonly number[], percent: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.max(1, Math.ceil((percent / 100) * values.length)) - 1] ?? Number.NaN;
}

describe('the statistics of a period', () => {
  it.each([
    { statistic: 'Sum', expected: 110 },
    { statistic: 'Average', expected: 27.5 },
    { statistic: 'Minimum', expected: 1 },
    { statistic: 'Maximum', expected: 100 },
    { statistic: 'SampleCount', expected: 4 },
    { statistic: 'p50', expected: 4 },
    { statistic: 'p75', expected: 5 },
    { statistic: 'p99.9', expected: 100 },
    { statistic: 'p100', expected: 100 },
  ])('$statistic of 100, 1, 5 and 4 is $expected', ({ statistic, expected }) => {
    expect(read(statistic, [100, 1, 5, 4])).toBe(expected);
  });

  it('counts a value that came several times as often as it came', () => {
    const samples = createSampleSet(true);
    addSample(samples, 10, 99);
    addSample(samples, 500);
    expect(samples).toMatchObject({ count: 100, sum: 1_490 });
    expect(parseStatistic('p99')(samples)).toBe(10);
    expect(parseStatistic('p99.5')(samples)).toBe(500);
  });

  it('sees what is added after it was asked', () => {
    const samples = samplesOf([1, 2, 3]);
    expect(parseStatistic('p99')(samples)).toBe(3);
    addSample(samples, 7);
    expect(parseStatistic('p99')(samples)).toBe(7);
  });

  it('has percentiles within half a per cent of those of the raw samples', () => {
    const value = fc.oneof(
      fc.integer({ min: 0, max: 999 }),
      fc.double({ min: 0.001, max: 1e7, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 300 }),
        fc.constantFrom(50, 90, 99, 99.9),
        (values, percent) => {
          const exact = exactPercentile(values, percent);
          expect(Math.abs(read(`p${percent}`, values) - exact)).toBeLessThanOrEqual(exact * 0.005);
        },
      ),
    );
  });

  it('keeps a few thousand different values, however many are measured', () => {
    const samples = createSampleSet(true);
    for (let index = 0; index < 100_000; index += 1) addSample(samples, index * 1.37);
    expect(samples.values?.size).toBeLessThan(4_000);
    expect(samples.count).toBe(100_000);
  });

  it('merges minutes to what they would have been as one', () => {
    const all = [3, 700, 12_345, 8, 8, 950];
    const merged = mergeSamples([samplesOf(all.slice(0, 2)), samplesOf(all.slice(2))]);
    for (const statistic of ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'p50', 'p99']) {
      expect(parseStatistic(statistic)(merged)).toBeCloseTo(read(statistic, all), 6);
    }
  });

  it.each(['tm99', 'p101', 'Median', ''])('does not take "%s" for a statistic', (statistic) => {
    expect(() => parseStatistic(statistic)).toThrow(`"${statistic}" is not known here, only Sum`);
  });
});
