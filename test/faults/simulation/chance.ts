/**
 * Randomness without a stream: a draw is a hash of the seed and of the name of the moment. A client,
 * a message or a fault that is left out takes its own draws with it and leaves all others as they
 * were, which is what lets a failing run be made smaller.
 */
export interface Chance {
  /** From 0 to below 1; for one moment always the same. */
  of(moment: string): number;
  /** A whole number of the range, both ends included. */
  between(min: number, max: number, moment: string): number;
}

export function createChance(seed: number): Chance {
  const start = mix(seed ^ 0x9e3779b9);
  const of = (moment: string) => {
    let hash = start;
    for (let index = 0; index < moment.length; index += 1) {
      hash = Math.imul(hash ^ moment.charCodeAt(index), 0x01000193);
    }
    return mix(hash) / 2 ** 32;
  };
  return {
    of,
    between: (min, max, moment) => min + Math.floor(of(moment) * (max - min + 1)),
  };
}

/** The finalizer of MurmurHash3: every bit in changes half of the bits out. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Names moments: the first, second, … time that something happens to somebody. */
export type NameMoment = (what: string) => string;

export function createMoments(): NameMoment {
  const counts = new Map<string, number>();
  return (what) => {
    const count = (counts.get(what) ?? 0) + 1;
    counts.set(what, count);
    return `${what} #${count}`;
  };
}
