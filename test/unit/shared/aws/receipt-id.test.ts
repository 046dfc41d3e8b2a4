import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { receiptIdOf } from '../../../../shared/aws/message-store.ts';

describe('receiptIdOf', () => {
  type Key = Parameters<typeof receiptIdOf>;
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('#', '%', '2', '3', 'a', '😀'), maxLength: 4 }),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  );

  it('never gives two messages one receipt', () => {
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(receiptIdOf(...one) === receiptIdOf(...other)).toBe(isSame);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[Key, Key]>([
    [
      ['a#b', 'c', 'd'],
      ['a', 'b#c', 'd'],
    ],
    [
      ['a', 'b%23c', 'd'],
      ['a', 'b#c', 'd'],
    ],
    [
      ['a', '', 'b'],
      ['a', 'b', ''],
    ],
  ])('tells %j from %j', (one, other) => {
    expect(receiptIdOf(...one)).not.toBe(receiptIdOf(...other));
  });

  it('fits a key even with the longest names', () => {
    const longest = receiptIdOf('r'.repeat(128), '漢'.repeat(128), '漢'.repeat(64));

    expect(longest.length).toBeLessThanOrEqual(2_048);
  });
});
