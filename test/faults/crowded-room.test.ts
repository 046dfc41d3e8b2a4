import { describe, expect, it } from '@jest/globals';
import { ChatError } from '../../shared/domain/errors.ts';
import { DEPLOYED } from '../load/virtual-hot-room-run.ts';
import { createVirtualPipeline } from '../support/virtual-pipeline.ts';

const TIMEOUT_MS = 60_000;

const MEMBERS = 10_000;
const SECONDS = 30;
/** For the last flush, and what it leaves to another one. */
const REST_MS = 10_000;

/** A message each 100 ms, to a room of which a frame takes two and a half seconds of the share. */
async function crowd(seed: number) {
  const sentAt = new Map<number, number>();
  const waitedMs = new Map<number, number>();
  const told = new Map<string, Set<number>>();
  const run = { refused: 0, toldTwice: 0 };
  const pipeline = createVirtualPipeline({
    seed,
    pacing: DEPLOYED,
    onJob({ frames, connectionIds }, at) {
      const numbers = told.get(connectionIds[0] ?? '') ?? new Set();
      told.set(connectionIds[0] ?? '', numbers);
      for (const { seq } of frames.flatMap((frame) => JSON.parse(frame).messages)) {
        if (numbers.has(seq)) run.toldTwice += 1;
        else waitedMs.set(seq, at - (sentAt.get(seq) ?? at));
        numbers.add(seq);
      }
    },
  });
  await pipeline.fill('crowd', MEMBERS);
  const say = async () => {
    const at = pipeline.now();
    try {
      sentAt.set((await pipeline.send('crowd', 'hello')).seq, at);
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'RATE_LIMITED') throw error;
      run.refused += 1;
    }
  };
  for (let ms = 0; ms < SECONDS * 1_000; ms += 100) pipeline.after(ms, () => void say());
  await pipeline.run(SECONDS * 1_000 + REST_MS);
  expect(waitedMs.size).toBe(sentAt.size);
  return {
    ...run,
    refusedShare: run.refused / (run.refused + sentAt.size),
    longestWaitMs: Math.max(...waitedMs.values()),
  };
}

describe('a room of 10,000 members and 10 messages a second', () => {
  it.each([1, 2, 3])(
    'refuses what its share does not take, and tells nobody twice (seed %d)',
    async (seed) => {
      const { refusedShare, longestWaitMs, toldTwice } = await crowd(seed);

      expect(toldTwice).toBe(0);
      // The window, and what the flush itself takes.
      expect(longestWaitMs).toBeLessThan(2_400);
      // Of each two and a half seconds it may take two.
      expect(refusedShare).toBeLessThan(0.21);
    },
    TIMEOUT_MS,
  );
});
