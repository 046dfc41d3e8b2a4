import { describe, expect, it } from '@jest/globals';
import { createSkewedClock } from '../../../../shared/aws/clock-skew.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE_MS = 60_000;

const after = (...dates: (string | undefined)[]) => {
  const clock = createSkewedClock({ now: () => NOW });
  for (const date of dates) clock.correct(date);
  return clock.now();
};
const dated = (offsetMs: number) => new Date(NOW + offsetMs).toUTCString();

describe('the time of signatures', () => {
  it.each([
    ['is that of our clock', [], 0],
    ['follows a gateway that is minutes ahead', [dated(6 * MINUTE_MS)], 6 * MINUTE_MS],
    ['follows a gateway that is hours behind', [dated(-180 * MINUTE_MS)], -180 * MINUTE_MS],
    ['stays when the refusal has another reason', [dated(3 * MINUTE_MS)], 0],
    ['stays without a date', [undefined], 0],
    ['stays with a date that is none', ['yesterday'], 0],
    ['returns when our clock was put right', [dated(6 * MINUTE_MS), dated(0)], 0],
  ] as const)('%s', (_title, dates, offsetMs) => {
    expect(after(...dates)).toBe(NOW + offsetMs);
  });
});
