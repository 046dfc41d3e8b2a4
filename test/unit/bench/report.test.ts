import { describe, expect, it } from '@jest/globals';
import { isMet, toTable, toText } from '../../bench/report.ts';

describe('the table of a report', () => {
  it('is aligned, and rounds to three digits', () => {
    expect(
      toTable([
        { variant: 'ours', 'CPU µs': 67.96 },
        { variant: 'theirs', 'CPU µs': 12_345.6 },
      ]),
    ).toEqual([
      '| variant | CPU µs |',
      '|---------|-------:|',
      '| ours    |     68 |',
      '| theirs  | 12,346 |',
    ]);
  });

  it('says what was kept and what was missed', () => {
    const kept = { what: 'CPU × floor', value: 1.9, max: 2.6 };
    const missed = { what: 'CPU × SDK', value: 0.4, max: 0.33 };
    const text = toText({ title: 'Delivery', rows: [{ a: 1 }], targets: [kept, missed] });

    expect([isMet(kept), isMet(missed)]).toEqual([true, false]);
    expect(text).toContain('kept: CPU × floor 1.9, promised at most 2.6');
    expect(text).toContain('MISSED: CPU × SDK 0.4, promised at most 0.33');
  });
});
