/** Yields what several sources yield as it arrives, `atOnce` of them running; a source that ends makes way for the next. */
export async function* merge<T>(
  sources: readonly AsyncIterable<T>[],
  atOnce = Number.POSITIVE_INFINITY,
): AsyncGenerator<T> {
  const waiting = sources.map((source) => source[Symbol.asyncIterator]());
  const next = async (iterator: AsyncIterator<T>) => ({ iterator, ...(await iterator.next()) });
  /** A failure waits for its turn: until then nobody may be there to hear of it. */
  const advance = (iterator: AsyncIterator<T>) => {
    const step = next(iterator);
    step.catch(() => undefined);
    return step;
  };
  const running = new Map(
    waiting.splice(0, atOnce).map((iterator) => [iterator, advance(iterator)]),
  );
  try {
    while (running.size > 0) {
      const { iterator, done, value } = await Promise.race(running.values());
      // To the back of the line: a race of many who have arrived is won by the first in it.
      running.delete(iterator);
      if (!done) {
        running.set(iterator, advance(iterator));
        yield value;
      } else {
        for (const following of waiting.splice(0, 1)) running.set(following, advance(following));
      }
    }
  } finally {
    await Promise.allSettled([...running.keys()].map((iterator) => iterator.return?.()));
  }
}
