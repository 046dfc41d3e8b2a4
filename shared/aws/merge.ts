/** Yields what several sources yield as it arrives, all of them running at once. */
export async function* merge<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const next = async (iterator: AsyncIterator<T>) => ({ iterator, ...(await iterator.next()) });
  /** A failure waits for its turn: until then nobody may be there to hear of it. */
  const advance = (iterator: AsyncIterator<T>) => {
    const step = next(iterator);
    step.catch(() => undefined);
    return step;
  };
  const running = new Map(iterators.map((iterator) => [iterator, advance(iterator)]));
  try {
    while (running.size > 0) {
      const { iterator, done, value } = await Promise.race(running.values());
      // To the back of the line: a race of many who have arrived is won by the first in it.
      running.delete(iterator);
      if (!done) {
        running.set(iterator, advance(iterator));
        yield value;
      }
    }
  } finally {
    await Promise.allSettled([...running.keys()].map((iterator) => iterator.return?.()));
  }
}
