import { describe, expect, it } from '@jest/globals';
import { check } from '../../../faults/checker/check.ts';
import { RULES } from '../../../faults/checker/verdict.ts';
import { CASES } from './cases.ts';
import { brokenRules, ROOM, refused, rows, runOf, seen, sending, sent, voidRow } from './run-of.ts';

describe('the checker', () => {
  it.each(CASES)('says $rule of $what, and shows it', ({ rule, breaks }) => {
    const violation = check(breaks.history, breaks.final).violations.find(
      (candidate) => candidate.rule === rule,
    );
    expect(violation?.message).toMatch(/^[^\n]+\.$/);
    expect(violation?.events.length).toBeLessThanOrEqual(2);
    for (const event of violation?.events ?? []) expect(breaks.history).toContain(event);
    for (const entry of violation?.rows ?? []) expect(breaks.final.log).toContain(entry);
  });

  it.each(CASES)('finds nothing wrong beside: $what', ({ keeps }) => {
    expect(brokenRules(keeps)).toEqual([]);
  });

  it('has a case for every rule', () => {
    expect([...new Set(CASES.map(({ rule }) => rule))].sort()).toEqual(Object.keys(RULES).sort());
  });

  it('counts what happened, and what became of it', () => {
    const { history, final } = runOf(
      [
        ...sent(1, 2),
        sending(3),
        refused(3),
        { kind: 'fault', at: 0, fault: 'cut' },
        { kind: 'fault', at: 0, fault: 'cut' },
        ...seen('ann', 1, 2, 3),
        ...seen('ben', 1, 1),
      ],
      { log: [...rows(1, 2, 3), voidRow(4)] },
    );
    expect(check(history, final).counts).toMatchObject({
      clients: 2,
      rooms: 1,
      sent: 3,
      acknowledged: 2,
      refused: 1,
      storedUnacknowledged: 1,
      stored: 3,
      voids: 1,
      shown: 5,
      lost: 2,
      duplicated: 1,
      reordered: 0,
      faults: { cut: 2 },
    });
  });

  it('tells of a range once, not of each number in it', () => {
    const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
    const { history, final } = runOf([...sent(...numbers), ...seen('ben', 1, 49)], {
      log: rows(...numbers),
    });
    expect(check(history, final).violations.map(({ rule, message }) => [rule, message])).toEqual([
      ['gap-never-repaired', `ben went on in ${ROOM} without 47 messages from 2 to 48.`],
      ['never-shown', `ben is alive and saw ${ROOM} up to 49, not 50.`],
    ]);
  });
});
