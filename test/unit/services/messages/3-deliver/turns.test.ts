import { describe, expect, it } from '@jest/globals';
import {
  createTurns,
  type Line,
  type Slot,
} from '../../../../../services/messages/3-deliver/turns.ts';

/** `b:2` waits for room `b`; all others are in one. */
const roomOf = (name: string) => (name.includes(':') ? (name.split(':')[0] ?? '') : 'room');

function aLine(limits: Partial<Parameters<typeof createTurns>[0]> = {}) {
  const turns = createTurns({ slots: 2, againSlots: 1, asideMax: 1, ...limits });
  const inside = new Map<string, Slot>();
  return {
    inside: () => [...inside.keys()],
    async enter(line: Line, ...names: string[]) {
      for (const name of names)
        void turns.enter(line, roomOf(name)).then((slot) => inside.set(name, slot));
      await Promise.resolve();
    },
    async leave(name: string) {
      inside.get(name)?.leave();
      inside.delete(name);
      await Promise.resolve();
    },
    async stepAside(name: string) {
      inside.get(name)?.stepAside();
      await Promise.resolve();
    },
  };
}

describe('the slots of a batch', () => {
  it('are given out in order, as many as there are', async () => {
    const { enter, leave, inside } = aLine();
    await enter('first', 'a', 'b', 'c', 'd');
    expect(inside()).toEqual(['a', 'b']);

    await leave('a');
    expect(inside()).toEqual(['b', 'c']);
  });

  it('go to the rooms in turn, whoever has more to post', async () => {
    const { enter, leave, inside } = aLine({ slots: 1 });
    await enter('first', 'hot:1', 'hot:2', 'hot:3', 'hot:4', 'quiet:1', 'quiet:2');
    const order: string[] = [];
    for (let [name] = inside(); name !== undefined; [name] = inside()) {
      order.push(name);
      await leave(name);
    }
    expect(order).toEqual(['hot:1', 'hot:2', 'quiet:1', 'hot:3', 'quiet:2', 'hot:4']);
  });

  it('go to a first attempt before a second one, whoever came before', async () => {
    const { enter, leave, inside } = aLine();
    await enter('first', 'a', 'b');
    await enter('again', 'x');
    await enter('first', 'c');
    await leave('a');
    expect(inside()).toEqual(['b', 'c']);

    await leave('b');
    expect(inside()).toEqual(['c', 'x']);
  });

  it('are never all taken by second attempts', async () => {
    const { enter, inside } = aLine();
    await enter('again', 'x', 'y');
    expect(inside()).toEqual(['x']);

    await enter('first', 'a', 'b');
    expect(inside()).toEqual(['x', 'a']);
  });

  it('are free for the next when somebody steps aside, once, and as far as there is room', async () => {
    const { enter, leave, stepAside, inside } = aLine();
    await enter('first', 'a', 'b', 'c', 'd', 'e');
    await stepAside('a');
    await stepAside('a');
    await stepAside('b');
    expect(inside()).toEqual(['a', 'b', 'c']);

    await leave('a');
    expect(inside()).toEqual(['b', 'c']);
    await stepAside('b');
    expect(inside()).toEqual(['b', 'c', 'd']);
  });

  it('are given back once, however often somebody leaves', async () => {
    const { enter, leave, inside } = aLine({ slots: 1 });
    const turns = createTurns({ slots: 1, againSlots: 1, asideMax: 0 });
    const slot = await turns.enter('first', 'room');
    slot.leave();
    slot.leave();
    let entered = 0;
    for (let count = 0; count < 2; count += 1) {
      void turns.enter('first', 'room').then(() => {
        entered += 1;
      });
    }
    await enter('first', 'a', 'b');
    await leave('a');
    expect(entered).toBe(1);
    expect(inside()).toEqual(['b']);
  });
});
