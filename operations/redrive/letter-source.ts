/** Something that was set aside, as an operator sees it. */
export interface DeadLetter {
  /** Why it was set aside. */
  reason: string;
  /** Those it concerns, as far as they can be told. */
  roomIds: string[];
  /** When it was set aside, or before: milliseconds since the epoch. */
  since: number;
  /** Jobs or messages in it. */
  size: number;
  /** Why it cannot be moved back; absent, it can. */
  stuck?: string;
  /**
   * Sends it back to where it failed, and only then removes it here.
   *
   * @throws when it is not certain that it was taken. It is still here then; if it was taken after
   * all, moving it again tells clients what they know.
   */
  moveBack(): Promise<void>;
}

/** Where dead letters are. */
export interface LetterSource {
  /** As many as the service thinks there are. */
  count(): Promise<number>;
  /**
   * Every letter that was there when the run began, once. What comes later is left to the next run,
   * or a letter that fails again at once would go round in circles.
   */
  pages(signal: AbortSignal): AsyncIterable<DeadLetter[]>;
  /** Gives back at once what was looked at and not moved. */
  release(): Promise<void>;
}

/** Several sources, one after the other. */
export function joinSources(sources: readonly LetterSource[]): LetterSource {
  return {
    async count() {
      const counts = await Promise.all(sources.map((source) => source.count()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async *pages(signal) {
      for (const source of sources) yield* source.pages(signal);
    },
    async release() {
      await Promise.all(sources.map((source) => source.release()));
    },
  };
}
