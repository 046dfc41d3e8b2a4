import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  countMissing,
  countNumbers,
  createNumberRanges,
  type RangeData,
  uniteRanges,
} from '../../load/measure/number-ranges.ts';

function rangesOf(numbers: Iterable<number>): RangeData {
  const ranges = createNumberRanges();
  for (const number of numbers) ranges.add(number);
  return ranges.data();
}

const numbers = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 });

describe('ranges of sequence numbers', () => {
  it('keep what is dense as one range, in whatever order it came', () => {
    expect(rangesOf([1, 2, 3, 5, 4, 9, 7, 8])).toEqual([
      [1, 5],
      [7, 9],
    ]);
  });

  it('say what is new and what was known, as a set does', () => {
    fc.assert(
      fc.property(numbers, (added) => {
        const ranges = createNumberRanges();
        const set = new Set<number>();
        for (const number of added) {
          expect(ranges.add(number)).toBe(!set.has(number));
          set.add(number);
        }
        expect(countNumbers(ranges.data())).toBe(set.size);
        expect(ranges.last).toBe(Math.max(0, ...set));
      }),
    );
  });

  it('count what is missing above a number, as sets do', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.nat(60), (wanted, present, above) => {
        const missing = new Set(wanted.filter((n) => n > above && !present.includes(n)));

        expect(countMissing(rangesOf(wanted), rangesOf(present), above)).toBe(missing.size);
      }),
    );
  });

  it('of several writers are those of all that they wrote', () => {
    fc.assert(
      fc.property(fc.array(numbers), (writers) => {
        expect(uniteRanges(writers.map(rangesOf))).toEqual(rangesOf(writers.flat()));
      }),
    );
  });
});
