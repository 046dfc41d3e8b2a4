import { describe, expect, it } from '@jest/globals';
import type { DeadLetter, LetterSource } from '../../../../operations/redrive/letter-source.ts';
import { type Fate, type RedriveOptions, redrive } from '../../../../operations/redrive/redrive.ts';
import { createFakeClock, NOON } from '../../../support/fake-clock.ts';

/** A letter that says when it was moved; `problem` is what its move fails with. */
function aLetter(reason: string, letter: Partial<DeadLetter> & { problem?: string } = {}) {
  return { reason, roomIds: ['lobby'], since: NOON, size: 1, ...letter };
}

async function run(
  pages: ReturnType<typeof aLetter>[][],
  options: Partial<RedriveOptions> & { onMove?: (stop: () => void) => void } = {},
) {
  const clock = createFakeClock();
  const stopping = new AbortController();
  const moved: { reason: string; afterMs: number }[] = [];
  const fates: [reason: string, fate: Fate['kind']][] = [];
  let released = 0;

  const toLetter = ({ problem, ...letter }: ReturnType<typeof aLetter>): DeadLetter => ({
    ...letter,
    async moveBack() {
      options.onMove?.(() => stopping.abort());
      if (problem !== undefined) throw new Error(problem);
      moved.push({ reason: letter.reason, afterMs: clock.now() - NOON });
    },
  });
  const source: LetterSource = {
    count: async () => pages.flat().length,
    async *pages() {
      for (const page of pages) yield page.map(toLetter);
    },
    async release() {
      released += 1;
    },
  };
  const end = await redrive(source, {
    dryRun: false,
    max: Number.POSITIVE_INFINITY,
    perSecond: 1_000,
    clock,
    async sleep(delayMs, signal) {
      await new Promise((others) => setImmediate(others));
      if (!signal.aborted) clock.advance(delayMs);
    },
    signal: stopping.signal,
    onFate: ({ reason }, { kind }) => fates.push([reason, kind]),
    ...options,
  });
  return { end, moved: moved.map(({ reason }) => reason), times: moved, fates, released };
}

describe('a redrive', () => {
  it('moves every letter of every page, and gives the rest back at the end', async () => {
    const { end, moved, released } = await run([[aLetter('a'), aLetter('b')], [], [aLetter('c')]]);

    expect({ end, moved, released }).toEqual({
      end: 'all-seen',
      moved: ['a', 'b', 'c'],
      released: 1,
    });
  });

  it('moves nothing in a dry run', async () => {
    const { moved, fates, released } = await run([[aLetter('a'), aLetter('b', { stuck: 'x' })]], {
      dryRun: true,
    });

    expect(moved).toEqual([]);
    expect(fates).toEqual([
      ['b', 'stuck'],
      ['a', 'movable'],
    ]);
    expect(released).toBe(1);
  });

  it('leaves alone what is stuck, and does not count it', async () => {
    const stuck = aLetter('stuck', { stuck: 'it still cannot be read' });
    const { end, moved, fates } = await run([[stuck, aLetter('a')], [stuck], [aLetter('b')]], {
      max: 2,
    });

    expect({ end, moved }).toEqual({ end: 'max-reached', moved: ['a', 'b'] });
    expect(fates.filter(([, kind]) => kind === 'stuck')).toHaveLength(2);
  });

  it('stops at --max in the middle of a page', async () => {
    const { end, moved } = await run([[aLetter('a'), aLetter('b'), aLetter('c')]], { max: 2 });

    expect({ end, moved }).toEqual({ end: 'max-reached', moved: ['a', 'b'] });
  });

  it('keeps the rate over all pages, counting what is in a letter', async () => {
    const { times } = await run([[aLetter('a', { size: 5 }), aLetter('b')], [aLetter('c')]], {
      perSecond: 10,
    });

    expect(times).toEqual([
      { reason: 'a', afterMs: 0 },
      { reason: 'b', afterMs: 500 },
      { reason: 'c', afterMs: 600 },
    ]);
  });

  it('goes on after a letter that fails', async () => {
    const { end, moved, fates } = await run([
      [aLetter('a', { problem: 'throttled' }), aLetter('b')],
      [aLetter('c')],
    ]);

    expect({ end, moved }).toEqual({ end: 'all-seen', moved: ['b', 'c'] });
    expect(fates).toContainEqual(['a', 'failed']);
  });

  it('gives up when a whole page fails', async () => {
    const { end, moved, released } = await run([
      [aLetter('a', { problem: 'gone' }), aLetter('b', { problem: 'gone' })],
      [aLetter('c')],
    ]);

    expect({ end, moved, released }).toEqual({ end: 'refused', moved: [], released: 1 });
  });

  it('brings to an end what is under way when it is stopped, begins nothing more, and gives back', async () => {
    const { end, moved, fates, released } = await run(
      [[aLetter('a'), aLetter('b'), aLetter('c')], [aLetter('d')]],
      { onMove: (stop) => stop() },
    );

    expect({ end, moved, released }).toEqual({ end: 'stopped', moved: ['a'], released: 1 });
    expect(fates).toEqual([['a', 'moved']]);
  });

  it('gives back what it holds when the source fails', async () => {
    let released = false;
    const source: LetterSource = {
      count: async () => 0,
      // biome-ignore lint/correctness/useYield: it fails before its first page.
      async *pages() {
        throw new Error('out of reach');
      },
      release: async () => {
        released = true;
      },
    };
    const clock = createFakeClock();
    const options = { dryRun: true, max: 1, perSecond: 1, clock, sleep: async () => {} };

    await expect(
      redrive(source, { ...options, signal: new AbortController().signal, onFate: () => {} }),
    ).rejects.toThrow('out of reach');
    expect(released).toBe(true);
  });
});
