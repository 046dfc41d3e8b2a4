import { describe, expect, it } from '@jest/globals';
import { fullJitterMs } from '../../../../shared/aws/backoff.ts';

describe('fullJitterMs', () => {
  it.each([
    ['starts at the base', 0, 1, 50],
    ['doubles per attempt', 3, 1, 400],
    ['stays at the cap', 30, 1, 1_000],
    ['may be nothing at all', 3, 0, 0],
    ['is a part of it as chance has it', 1, 0.25, 25],
  ])('%s', (_title, attempt, random, expected) => {
    expect(fullJitterMs(attempt, 50, 1_000, random)).toBe(expected);
  });
});
