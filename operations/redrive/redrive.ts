import type { Clock } from '../../shared/domain/ports.ts';
import { createPace, type Sleep } from '../common/pace.ts';
import type { DeadLetter, LetterSource } from './letter-source.ts';

/** What became of a letter in this run. */
export type Fate =
  | { kind: 'moved' }
  /** A dry run would have moved it. */
  | { kind: 'movable' }
  | { kind: 'stuck'; why: string }
  /** It is still there, and may have been taken nonetheless. */
  | { kind: 'failed'; why: string };

export interface RedriveOptions {
  /** Moves nothing. */
  dryRun: boolean;
  /** Letters moved at most; those that are stuck do not count. */
  max: number;
  /** Jobs or messages a second. */
  perSecond: number;
  clock: Clock;
  sleep: Sleep;
  /** Aborted, the run moves nothing more. What is under way is brought to its end. */
  signal: AbortSignal;
  onFate: (letter: DeadLetter, fate: Fate) => void;
}

/** Why a run ended: no letter was left, it had moved as many as it may, it was told to, or nobody took any. */
export type RedriveEnd = 'all-seen' | 'max-reached' | 'stopped' | 'refused';

/**
 * Moves dead letters back to where they failed.
 *
 * At least once: a letter is removed only when it is certain that it was taken. So it can be stopped
 * at any time, and run again.
 */
export async function redrive(source: LetterSource, options: RedriveOptions): Promise<RedriveEnd> {
  const { dryRun, max, signal, onFate } = options;
  const pace = createPace(options.perSecond, options);
  let taken = 0;

  async function move(letter: DeadLetter): Promise<Fate | undefined> {
    if (dryRun) return { kind: 'movable' };
    await pace.take(letter.size);
    if (signal.aborted) return undefined;
    try {
      await letter.moveBack();
      return { kind: 'moved' };
    } catch (error) {
      return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
    }
  }

  async function settle(letter: DeadLetter, fate: Promise<Fate | undefined>) {
    const known = await fate;
    if (known !== undefined) onFate(letter, known);
    return known;
  }

  try {
    for await (const page of source.pages(signal)) {
      for (const letter of page) {
        if (letter.stuck !== undefined) onFate(letter, { kind: 'stuck', why: letter.stuck });
      }
      const movable = page.filter(({ stuck }) => stuck === undefined).slice(0, max - taken);
      taken += movable.length;
      const fates = await Promise.all(movable.map((letter) => settle(letter, move(letter))));

      if (signal.aborted) return 'stopped';
      // One letter may fail by itself; a page of them says that nobody is there to take any.
      if (fates.length > 0 && fates.every((fate) => fate?.kind === 'failed')) return 'refused';
      if (taken >= max) return 'max-reached';
    }
    return signal.aborted ? 'stopped' : 'all-seen';
  } finally {
    await source.release();
  }
}
