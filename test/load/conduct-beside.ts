import type { Conducted, ConductOptions } from './conduct.ts';
import { mergeObservations } from './measure/observations.ts';
import type { Shape } from './scenario.ts';

/** Conducts one crowd that is there for it alone. */
export type ConductPart = (
  name: string,
  options: Pick<ConductOptions, 'shape' | 'meet' | 'beforeEnd' | 'signal'>,
) => Promise<Conducted>;

export interface BesideOptions {
  shape: Shape;
  /** The members of the room that all others have to bear. */
  hot: { members: number; rate: number };
  conductPart: ConductPart;
  signal: AbortSignal;
}

/**
 * The quiet rooms alone, and then the same once more while a hot room talks. Its members are a crowd
 * of their own: what they are shown must not hold up those whose latency is compared.
 */
export async function conductBeside(options: BesideOptions): Promise<Conducted> {
  const { shape, hot, conductPart, signal } = options;
  const alone = await conductPart('alone', { shape, signal });
  if (alone.isInterrupted) return alone;

  const failed = new AbortController();
  const meet = createMeeting(2);
  const together = { meet, signal: AbortSignal.any([signal, failed.signal]) };
  const hotShape: Shape = { ...shape, ...hot, rooms: 1, arrivals: 'steady' };
  const parts = [
    conductPart('beside', { shape, ...together }),
    conductPart('hot', { shape: hotShape, ...together }),
  ].map((part) =>
    part.catch((error: unknown) => {
      // The other one waits for it, or measures nothing.
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(parts);
  const [quiet, inHot] = (await Promise.all(parts)) as [Conducted, Conducted];
  return combine(alone, quiet, inHot);
}

function combine(alone: Conducted, quiet: Conducted, hot: Conducted): Conducted {
  const together = mergeObservations([quiet.observations, hot.observations]);
  return {
    observations: {
      ...mergeObservations([alone.observations, together]),
      // One after the other, not at the same time.
      talks: [...alone.observations.talks, ...together.talks],
    },
    rates: [...alone.rates, ...quiet.rates],
    beside: {
      alone: alone.observations,
      quiet: quiet.observations,
      hot: hot.observations,
    },
    isInterrupted: quiet.isInterrupted || hot.isInterrupted,
  };
}

/** Resolves for all when so many have come. */
function createMeeting(count: number): () => Promise<void> {
  const complete = Promise.withResolvers<void>();
  let missing = count;
  return () => {
    missing -= 1;
    if (missing === 0) complete.resolve();
    return complete.promise;
  };
}
