import { describe, expect, it } from '@jest/globals';
import type { DeadLetter } from '../../../../operations/redrive/letter-source.ts';
import { createReport } from '../../../../operations/redrive/report.ts';
import { NOON } from '../../../support/fake-clock.ts';

const HOUR_MS = 3_600_000;

const aLetter = (letter: Partial<DeadLetter> = {}): DeadLetter => ({
  reason: 'unreadable',
  roomIds: ['lobby'],
  since: NOON - 30_000,
  size: 1,
  moveBack: async () => {},
  ...letter,
});

describe('the report of a redrive', () => {
  it('groups letters by reason, room and fate, with the age of the oldest', () => {
    const report = createReport();
    report.add(aLetter(), { kind: 'stuck', why: 'it was cut' });
    for (const since of [NOON - 1_000, NOON - 5 * HOUR_MS, NOON - HOUR_MS]) {
      report.add(aLetter({ reason: 'failed', roomIds: ['a', 'b', 'c'], since }), { kind: 'moved' });
    }
    report.add(aLetter({ roomIds: [], since: NOON - 49 * HOUR_MS }), {
      kind: 'failed',
      why: '429',
    });

    expect(report.table(NOON)).toBe(
      [
        'letters  room          oldest  reason',
        '3        a and 2 more  5 h     failed      moved',
        '1        lobby         30 s    unreadable  stays: it was cut',
        '1        (unknown)     2 d     unreadable  stays, failed: 429',
      ].join('\n'),
    );
    expect(report.count('moved')).toBe(3);
    expect(report.count('movable')).toBe(0);
  });

  it('is empty when nothing was there', () => {
    expect(createReport().table(NOON)).toBe('');
  });

  it('keeps what poison quotes out of the terminal', () => {
    const report = createReport();
    report.add(aLetter({ reason: `\u001b[2J one\nline ${'x'.repeat(200)}` }), { kind: 'moved' });

    expect(report.table(NOON)).toMatch(/ \[2J one line x{70,80}… {2}moved$/);
  });
});
