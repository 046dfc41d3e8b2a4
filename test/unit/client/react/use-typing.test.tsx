/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { useTyping } from '../../../../client/react/index.ts';
import { createProbe, setUpPage } from './render.tsx';

async function setUpTyping() {
  const page = setUpPage();
  const probe = createProbe(() => useTyping('lobby'));
  await page.show(probe.element({}));
  const type = async (userId: string) => {
    page.server.toAll({ type: 'typing', roomId: 'lobby', userId });
    await page.pass(10);
  };
  return { ...page, probe, type };
}

describe('useTyping', () => {
  it('shows who types until six seconds after the last sign', async () => {
    const { probe, type, pass } = await setUpTyping();
    await type('bob');
    await type('cid');
    expect(probe.now.users).toEqual(['bob', 'cid']);
    await pass(3_000);
    await type('bob');
    await pass(3_500);
    expect(probe.now.users).toEqual(['bob']);
    await pass(2_500);
    expect(probe.now.users).toEqual([]);
  });

  it('ends with the message', async () => {
    const { probe, type, server, pass } = await setUpTyping();
    await type('bob');
    server.publish('lobby');
    await pass(100);
    expect(probe.now.users).toEqual([]);
  });

  it('does not render again for a sign that changes nothing', async () => {
    const { probe, type } = await setUpTyping();
    await type('bob');
    const renders = probe.seen.length;
    await type('bob');
    expect(probe.seen).toHaveLength(renders);
  });

  it('tells the others at most every three seconds', async () => {
    const { probe, server, pass } = await setUpTyping();
    for (let key = 0; key < 40; key += 1) {
      probe.now.notify();
      await pass(100);
    }
    const told = server.received.filter(({ action }) => String(action) === 'typing');
    expect(told).toHaveLength(2);
  });
});
