/** Yields what several sources yield as it arrives, all of them running at once. */
export async function* merge<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const advance = async (iterator: AsyncIterator<T>) => ({ iterator, ...(await iterator.next()) });
  const running = new Map(iterators.map((iterator) => [iterator, advance(iterator)]));
  try {
    while (running.size > 0) {
      const { iterator, done, value } = await Promise.race(running.values());
      if (done) running.delete(iterator);
      else {
        running.set(iterator, advance(iterator));
        yield value;
      }
    }
  } finally {
    await Promise.allSettled([...running.keys()].map((iterator) => iterator.return?.()));
  }
}
