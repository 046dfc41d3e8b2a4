import { describe, expect, it } from '@jest/globals';
import { createSharedStore } from '../../../../client/react/shared-store.ts';

function setUp() {
  const calls: string[] = [];
  const sets: ((next: number) => void)[] = [];
  const store = createSharedStore(0, (set) => {
    calls.push('start');
    sets.push(set);
    return () => calls.push('stop');
  });
  return { calls, sets, store };
}

describe('createSharedStore', () => {
  it('starts with the first listener and stops after the last', async () => {
    const { calls, store } = setUp();
    const [first, second] = [store.subscribe(() => {}), store.subscribe(() => {})];
    first();
    await null;
    expect(calls).toEqual(['start']);
    second();
    await null;
    expect(calls).toEqual(['start', 'stop']);
  });

  it('goes on when a listener comes at once after the last one went', async () => {
    const { calls, store } = setUp();
    store.subscribe(() => {})();
    store.subscribe(() => {});
    await null;
    expect(calls).toEqual(['start']);
  });

  it('counts the same function twice when it is subscribed twice', async () => {
    const { calls, store } = setUp();
    const listener = () => {};
    const first = store.subscribe(listener);
    store.subscribe(listener);
    first();
    await null;
    expect(calls).toEqual(['start']);
  });

  it('tells every listener a new value, and none an equal one', () => {
    const { sets, store } = setUp();
    const told: string[] = [];
    store.subscribe(() => told.push(`a ${store.get()}`));
    store.subscribe(() => told.push(`b ${store.get()}`));
    sets[0]?.(1);
    sets[0]?.(1);
    expect(told).toEqual(['a 1', 'b 1']);
  });

  it('begins anew after a stop, and ignores what the earlier run still says', async () => {
    const { sets, store } = setUp();
    const unsubscribe = store.subscribe(() => {});
    sets[0]?.(1);
    unsubscribe();
    await null;
    expect(store.get()).toBe(0);
    store.subscribe(() => {});
    sets[0]?.(2);
    expect(store.get()).toBe(0);
    sets[1]?.(3);
    expect(store.get()).toBe(3);
  });

  it('can be started again when starting has thrown', () => {
    let isBroken = true;
    const store = createSharedStore(0, (set) => {
      if (isBroken) throw new RangeError('No such room.');
      set(1);
      return () => {};
    });
    expect(() => store.subscribe(() => {})).toThrow('No such room.');
    isBroken = false;
    store.subscribe(() => {});
    expect(store.get()).toBe(1);
  });
});
