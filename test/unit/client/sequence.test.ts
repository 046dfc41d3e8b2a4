import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createEmitter } from '../../../client/emitter.ts';
import {
  createSequence,
  type Page,
  type Sequence,
  type SequencePort,
} from '../../../client/sequence.ts';
import type { RoomEvents } from '../../../client/types.ts';
import type { WireEntry } from '../../../shared/protocol/frames.ts';

type Step = (sequence: Sequence) => void;

const message = (seq: number): WireEntry => ({
  seq,
  messageId: `m${seq}`,
  userId: 'bob',
  text: `${seq}`,
  sentAt: '2026-11-16T12:00:00.000Z',
});
const push =
  (seqs: number[], head = Math.max(0, ...seqs)): Step =>
  (sequence) =>
    sequence.push({ messages: seqs.map(message), head });
const page = (after: number | undefined, seqs: number[], rest: Partial<Page> = {}): Page => ({
  after,
  messages: seqs.map(message),
  head: Math.max(after ?? 0, ...seqs),
  status: 'ok',
  ...rest,
});
const entered =
  (...of: Parameters<typeof page>): Step =>
  (sequence) =>
    sequence.entered(page(...of));
const answered =
  (...of: Parameters<typeof page>): Step =>
  (sequence) =>
    sequence.answered(page(...of));
const timer: Step = (sequence) => sequence.timer();
const off: Step = (sequence) => sequence.off();

function run(since: number | undefined, ...steps: Step[]) {
  const delivered: number[] = [];
  const resets: RoomEvents['reset'][] = [];
  const gaps: RoomEvents['gap'][] = [];
  const asked: number[] = [];
  const waits: Parameters<SequencePort['wait']>[0][] = [];
  const events = createEmitter<RoomEvents>();
  events.on('message', ({ seq }) => delivered.push(seq));
  events.on('reset', (reset) => resets.push(reset));
  events.on('gap', (gap) => gaps.push(gap));
  const sequence = createSequence(since, {
    emit: events.emit,
    ask: (after) => void asked.push(after),
    wait: (attempt) => void waits.push(attempt),
    cancel() {},
    isEnded: () => false,
  });
  for (const step of steps) step(sequence);
  return { sequence, delivered, resets, gaps, asked, waits };
}

describe('the sequence of a room', () => {
  it.each([
    { what: 'what comes in order', events: [push([1]), push([2, 3])], delivered: [1, 2, 3] },
    {
      what: 'what comes twice once',
      events: [push([1]), push([1]), push([1, 2])],
      delivered: [1, 2],
    },
    {
      what: 'what comes early later',
      events: [push([3]), push([2]), push([1])],
      delivered: [1, 2, 3],
    },
    { what: 'nothing past a hole', events: [push([2]), push([4])], delivered: [] },
  ])('delivers $what', ({ events, delivered }) => {
    expect(run(0, entered(0, []), ...events).delivered).toEqual(delivered);
  });

  it('counts void entries and shows them to nobody', () => {
    const voids: Step = (sequence) =>
      sequence.push({ messages: [{ seq: 1, kind: 'void' }, message(2)], head: 2 });
    expect(run(0, entered(0, []), voids).delivered).toEqual([2]);
  });

  it('starts a first join at the head, also with what was pushed before the answer', () => {
    const { delivered, resets } = run(
      undefined,
      push([7]),
      push([9, 10]),
      entered(undefined, [], { head: 8 }),
    );
    expect({ delivered, resets }).toEqual({ delivered: [9, 10], resets: [] });
  });

  it('waits for the hold-back before it asks, and tells of the gap then', () => {
    const held = run(0, entered(0, []), push([2]));
    expect(held.asked).toEqual([]);
    expect(held.waits).toEqual(['hold-back']);
    const late = run(0, entered(0, []), push([2]), timer);
    expect(late.asked).toEqual([0]);
    expect(late.gaps).toEqual([{ after: 0, head: 2 }]);
  });

  it('takes a head beyond its position for a gap', () => {
    expect(run(3, entered(3, []), push([], 5), timer).asked).toEqual([3]);
  });

  it('starts the hold-back anew with every progress', () => {
    const { waits } = run(0, entered(0, []), push([2]), push([4]), push([1]));
    expect(waits).toEqual(['hold-back', 'hold-back']);
  });

  it('asks for the next page at once while there is more', () => {
    const { asked, delivered } = run(
      0,
      entered(0, [1, 2], { status: 'more', head: 5 }),
      answered(2, [3, 4], { status: 'more', head: 5 }),
      answered(4, [5]),
    );
    expect({ asked, delivered }).toEqual({ asked: [2, 4], delivered: [1, 2, 3, 4, 5] });
  });

  it('asks again with a growing backoff while the log is not settled', () => {
    const behind = answered(0, [], { head: 1 });
    const { waits, asked } = run(0, entered(0, [], { head: 1 }), timer, behind, timer, behind);
    expect(asked).toEqual([0, 0]);
    expect(waits).toEqual(['hold-back', 1, 2]);
  });

  it('asks nothing while it is no member', () => {
    expect(run(0, entered(0, []), push([2]), off, timer, push([3])).asked).toEqual([]);
  });

  it.each([
    {
      what: 'the server says so',
      page: { after: 5, head: 90, status: 'reset' as const },
      reason: 'retention',
      resumedAt: 90,
    },
    {
      what: 'the head has gone back',
      page: { after: 5, head: 2 },
      reason: 'rewound',
      resumedAt: 2,
    },
  ])('resets once when $what', ({ page: { after, ...rest }, reason, resumedAt }) => {
    const again = entered(after, [], rest);
    const { resets, sequence } = run(5, again, again);
    expect(resets).toEqual([{ after: 5, resumedAt, reason }]);
    expect(sequence.position).toBe(resumedAt);
  });

  it('looks for what it dropped while it did not know that the log had gone back', () => {
    expect(run(100, entered(100, [], { head: 5 })).asked).toEqual([5]);
  });

  it('names exactly the numbers that a page shows to be gone', () => {
    const { resets, delivered } = run(5, entered(5, []), push([], 9), timer, answered(5, [8, 9]));
    expect(resets).toEqual([{ after: 5, resumedAt: 7, reason: 'retention' }]);
    expect(delivered).toEqual([8, 9]);
  });

  it('ignores a page from before a reset', () => {
    const { delivered, resets } = run(9, entered(9, [], { head: 2 }), answered(9, [10, 11]));
    expect({ delivered, resets: resets.length }).toEqual({ delivered: [], resets: 1 });
  });

  it('holds a bounded number of early messages and asks for the rest', () => {
    const far = upToMany(5_000).map((seq) => push([seq + 1]));
    expect(run(0, entered(0, []), ...far).sequence.held).toBeLessThanOrEqual(1_000);
  });

  it('never delivers twice, out of order or past a hole, whatever arrives', () => {
    const seqs = fc
      .uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 5 })
      .map((all) => all.sort((a, b) => a - b));
    const anyEvent = fc.oneof(
      seqs.map((all) => push(all)),
      fc.constant(timer),
      fc.constant(off),
      fc.nat(12).map((after) => entered(after, [], { head: 12 })),
      fc.tuple(fc.nat(8), fc.nat(4)).map(([after, count]) =>
        answered(
          after,
          upToMany(count).map((n) => after + n),
          { head: 12 },
        ),
      ),
    );
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const { delivered, resets } = run(0, ...events);
        expect(delivered).toEqual(upToMany(delivered.length));
        expect(resets).toEqual([]);
      }),
    );
  });
});

function upToMany(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
