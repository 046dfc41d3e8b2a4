import { describe, expect, it } from '@jest/globals';
import { reportOn } from '../../../faults/chaos/report.ts';
import type { HistoryEvent } from '../../../faults/checker/history.ts';
import { acknowledged, entered, row, runOf, sending, shown } from '../checker/run-of.ts';

const at = (ms: number, event: HistoryEvent): HistoryEvent => ({ ...event, at: ms });
const fault = (kind: string): HistoryEvent => ({ kind: 'fault', at: 0, fault: kind });
const KINDS = ['a', 'b', 'c', 'd', 'e'];

const talk = [
  at(100, sending(1)),
  at(150, acknowledged(1)),
  ...['ann', 'ben', 'history'].flatMap((client, index) => [
    entered(client),
    at(200 + 100 * index, shown(client, 1)),
  ]),
];

function report(history: HistoryEvent[], planned = 5) {
  const run = runOf(history, { log: [row(1)] });
  return reportOn({ ...run, planned, postsByStatus: { 200: 7 }, problems: [], quietSeconds: 1.2 });
}

describe('the report of a run', () => {
  it('counts what clients saw apart from what was read over HTTP, and takes the time of clients only', () => {
    const { rows, violations } = report([...talk, ...KINDS.map(fault)]);
    expect(violations).toEqual([]);
    expect(rows).toMatchObject({
      shown: { 'to clients': 2, 'over HTTP': 1 },
      posts: { 'answered 200': 7 },
      'sent to acknowledged, ms': { p50: 50, max: 50 },
      'sent to shown, ms': { p50: 100, max: 200 },
    });
  });

  it.each([
    { what: 'all that was planned', faults: KINDS, planned: 5, isThorough: true },
    { what: 'half of it', faults: KINDS, planned: 10, isThorough: true },
    { what: 'less than half of it', faults: KINDS, planned: 11, isThorough: false },
    { what: 'four kinds', faults: ['a', 'b', 'c', 'd', 'd'], planned: 5, isThorough: false },
  ])('takes a run with $what for thorough: $isThorough', ({ faults, planned, isThorough }) => {
    expect(report([...talk, ...faults.map(fault)], planned).isThorough).toBe(isThorough);
  });
});
