import { expect, it } from '@jest/globals';
import { quantilesOf } from '../../load/measure/histogram.ts';
import { createMinutes, mergeMinutes } from '../../load/measure/minutes.ts';

it('keeps durations by the minute in which they ended, of several threads together', () => {
  const [one, two] = [createMinutes(), createMinutes()];
  one.record(119_999, 10);
  one.record(120_000, 20);
  two.record(120_001, 40);

  const merged = mergeMinutes([one.data(), two.data()]);

  expect(Object.keys(merged)).toEqual(['60000', '120000']);
  expect(Object.values(merged).map(quantilesOf)).toMatchObject([
    { count: 1, p50: 10 },
    { count: 2, p50: 20, max: 40 },
  ]);
});
