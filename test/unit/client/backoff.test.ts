import { describe, expect, it } from '@jest/globals';
import { fullJitter } from '../../../client/backoff.ts';

describe('full jitter', () => {
  it.each([
    { attempt: 0, random: 0, delayMs: 0 },
    { attempt: 0, random: 0.5, delayMs: 250 },
    { attempt: 3, random: 0.5, delayMs: 2_000 },
    { attempt: 10, random: 0.5, delayMs: 15_000 },
    { attempt: 5_000, random: 0.5, delayMs: 15_000 },
  ])(
    'waits $delayMs ms before attempt $attempt with chance $random',
    ({ attempt, random, delayMs }) => {
      expect(fullJitter(500, 30_000, () => random)(attempt)).toBe(delayMs);
    },
  );

  it.each([
    { random: 0, delayMs: 2_000 },
    { random: 0.5, delayMs: 3_000 },
  ])(
    'waits $delayMs ms where the server asks for 2,000, with chance $random',
    ({ random, delayMs }) => {
      expect(fullJitter(500, 30_000, () => random)(7, 2_000)).toBe(delayMs);
    },
  );
});
