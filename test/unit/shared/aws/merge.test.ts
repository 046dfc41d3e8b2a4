import { describe, expect, it } from '@jest/globals';
import { merge } from '../../../../shared/aws/merge.ts';

async function* countTo(last: number, name: string) {
  for (let index = 1; index <= last; index += 1) yield `${name}${index}`;
}

async function* failing(after: number) {
  yield* countTo(after, 'x');
  throw new Error('the table is out of reach');
}

async function collect(source: AsyncIterable<string>) {
  const all: string[] = [];
  for await (const item of source) all.push(item);
  return all;
}

describe('merge', () => {
  it('yields nothing from nothing', async () => {
    expect(await collect(merge<string>([]))).toEqual([]);
  });

  it('yields everything, each source in its own order', async () => {
    const all = await collect(merge([countTo(3, 'a'), countTo(0, 'b'), countTo(2, 'c')]));

    expect(all.toSorted()).toEqual(['a1', 'a2', 'a3', 'c1', 'c2']);
    expect(all.filter((item) => item.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  it('does not wait for a slow source', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* slow() {
      await released;
      yield 'slow';
    }
    const merged = merge([slow(), countTo(1, 'fast')]);

    expect((await merged.next()).value).toBe('fast1');
    release();
    expect((await merged.next()).value).toBe('slow');
  });

  it('runs no more of them at once than it is told, and all of them in the end', async () => {
    let running = 0;
    let most = 0;
    async function* counted(name: string) {
      running += 1;
      most = Math.max(most, running);
      yield* countTo(2, name);
      running -= 1;
    }
    const sources = ['a', 'b', 'c', 'd', 'e'].map(counted);

    const all: string[] = [];
    for await (const item of merge(sources, 2)) all.push(item);
    expect(all.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2', 'e1', 'e2']);
    expect(most).toBe(2);
  });

  it('begins none of those that wait when one fails', async () => {
    let begun = false;
    async function* late() {
      begun = true;
      yield 'late';
    }

    await expect(collect(merge([failing(0), late()], 1))).rejects.toThrow('out of reach');
    expect(begun).toBe(false);
  });

  it('fails when a source fails', async () => {
    await expect(collect(merge([countTo(1, 'a'), failing(1)]))).rejects.toThrow('out of reach');
  });

  it('lets nobody starve behind a source that never waits', async () => {
    const all = await collect(merge([countTo(50, 'a'), countTo(2, 'b')]));

    expect(all.indexOf('b2')).toBeLessThan(10);
  });

  it('closes the other sources when one fails', async () => {
    let isClosed = false;
    async function* long() {
      try {
        yield* countTo(1_000, 'again');
      } finally {
        isClosed = true;
      }
    }

    await expect(collect(merge([long(), failing(0)]))).rejects.toThrow('out of reach');
    expect(isClosed).toBe(true);
  });

  it('keeps a failure for its turn while the reader is busy', async () => {
    const unheard: unknown[] = [];
    const listener = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', listener);
    try {
      const merged = merge([failing(1)]);
      await merged.next();
      // The next step has failed by now, and nobody has asked for it yet.
      await new Promise((resolve) => setImmediate(resolve));

      await expect(merged.next()).rejects.toThrow('out of reach');
      expect(unheard).toEqual([]);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });
});
