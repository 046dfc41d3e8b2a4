import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HistoryEvent, LogRow } from '../../../faults/checker/history.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { MUTATIONS } from './mutations.ts';
import {
  acknowledged,
  brokenRules,
  connection,
  entered,
  ROOM,
  type Run,
  refused,
  row,
  sending,
  shown,
  voidRow,
} from './run-of.ts';

/** What may become of a send in a system that keeps its promises, and of a number. */
const FATES = ['acknowledged', 'acknowledged-again', 'refused', 'refused-stored', 'void'] as const;

interface Plan {
  fates: readonly (typeof FATES)[number][];
  watchers: number;
  /** How the events of the members are interleaved. */
  seed: number;
}

const plans = fc.record({
  fates: fc.array(fc.constantFrom(...FATES), { maxLength: 30 }),
  watchers: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
});

/** A run as it should be: whatever became of a send, everybody was shown what is stored. */
function correctRun({ fates, watchers, seed }: Plan): Run {
  const log: LogRow[] = [];
  const sender: HistoryEvent[] = [];
  for (const [index, fate] of fates.entries()) {
    const id = index + 1;
    const seq = log.length + 1;
    // A refused send that was not stored has taken no number.
    const own = { clientMessageId: `send-${id}`, messageId: `id-${id}`, text: `text ${id}` };
    const { messageId: _, ...asked } = own;
    const { text: __, ...known } = own;
    if (fate === 'void') log.push(voidRow(seq));
    else sender.push(sending(id, asked));
    if (fate === 'refused' || fate === 'refused-stored') sender.push(refused(id));
    if (fate.startsWith('acknowledged')) sender.push(acknowledged(seq, known));
    if (fate === 'acknowledged-again')
      sender.push(acknowledged(seq, { ...known, duplicate: true }));
    if (fate !== 'refused' && fate !== 'void') log.push(row(seq, own));
  }
  const members = Array.from({ length: watchers }, (_, index) => `watcher-${index}`);
  const views = members.map((client) => [
    entered(client),
    ...log.flatMap((entry) =>
      entry.kind === 'void'
        ? []
        : [
            shown(client, entry.seq, {
              messageId: entry.messageId,
              clientMessageId: entry.clientMessageId ?? '',
              text: entry.text,
            }),
          ],
    ),
  ]);
  const connections = ['ann', ...members].map((client) => connection(client));
  return {
    history: interleave([sender, ...views], seededRandom(seed)),
    final: {
      log,
      connections,
      members: connections.map(({ connectionId }) => ({ roomId: ROOM, connectionId })),
    },
  };
}

function interleave(parts: readonly HistoryEvent[][], random: () => number): HistoryEvent[] {
  const left = parts.map((part) => [...part]);
  const merged: HistoryEvent[] = [];
  for (let some = left; some.length > 0; some = left.filter((part) => part.length > 0)) {
    const next = some[Math.floor(random() * some.length)]?.shift();
    if (next !== undefined) merged.push(next);
  }
  return merged;
}

describe('the checker', () => {
  it('finds nothing in a run as it should be, whatever became of its sends', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(brokenRules(correctRun(plan))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(MUTATIONS)('sees it at whatever point: $name', ({ rule, apply }) => {
    let applied = 0;
    fc.assert(
      fc.property(plans, fc.nat(), (plan, at) => {
        const mutated = apply(correctRun(plan), (candidates) => candidates[at % candidates.length]);
        if (mutated === undefined) return;
        applied += 1;
        expect(brokenRules(mutated)).toContain(rule);
      }),
      { numRuns: 150 },
    );
    expect(applied).toBeGreaterThan(50);
  });

  it('judges fifty thousand events in a second or so, not in hours', () => {
    const fates = Array.from({ length: 1_000 }, () => 'acknowledged' as const);
    const run = correctRun({ fates, watchers: 50, seed: 1 });
    expect(run.history.length).toBeGreaterThan(50_000);
    expect(brokenRules(run)).toEqual([]);
  }, 10_000);
});
