/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { usePresence } from '../../../../client/react/index.ts';
import { createProbe, setUpPage } from './render.tsx';

async function setUpPresence() {
  const page = setUpPage();
  const probe = createProbe(() => usePresence('lobby'));
  const present = { count: 2, users: ['ann', 'bob'] };
  page.server.refuse = ({ action }) =>
    action === 'presence' ? { type: 'presence', roomId: 'lobby', ...present } : undefined;
  await page.show(probe.element({}));
  const push = (joined: string[], left: string[], count: number) =>
    page.server.toAll({ type: 'presence', roomId: 'lobby', joined, left, count });
  const questions = () => page.server.received.filter(({ action }) => action === 'presence').length;
  return { ...page, probe, present, push, questions };
}

describe('usePresence', () => {
  it('asks once when the room is live', async () => {
    const { probe, questions } = await setUpPresence();
    expect(probe.now).toMatchObject({ users: ['ann', 'bob'], count: 2, isLoading: false });
    expect(questions()).toBe(1);
  });

  it('is kept up by pushes', async () => {
    const { probe, push, pass, questions } = await setUpPresence();
    push(['dan', 'cid'], ['ann'], 3);
    await pass(100);
    expect(probe.now).toMatchObject({ users: ['bob', 'cid', 'dan'], count: 3 });
    expect(questions()).toBe(1);
  });

  it('asks anew after a reconnect, since pushes may have been missed', async () => {
    const { server, present, probe, questions, do: act } = await setUpPresence();
    Object.assign(present, { count: 1, users: ['ann'] });
    await act(() => {
      server.cut('vanish');
      for (let missed = 0; missed < 250; missed += 1) server.publish('lobby');
    }, 5_000);
    expect(probe.now).toMatchObject({ users: ['ann'], count: 1 });
    expect(questions()).toBe(2);
  });

  it('keeps a push that overtakes the answer', async () => {
    const { server, probe, push, do: act, pass } = await setUpPresence();
    server.transport.delayMs = (frame) => ('users' in frame ? 200 : 5);
    await act(() => probe.now.refresh());
    push(['cid'], [], 3);
    await pass(1_000);
    expect(probe.now).toMatchObject({ users: ['ann', 'bob', 'cid'], count: 3, isLoading: false });
  });

  it('tells why it could not ask', async () => {
    const { server, probe, do: act } = await setUpPresence();
    server.refuse = ({ action }) =>
      action === 'presence'
        ? { type: 'error', code: 'FORBIDDEN', message: '', retryable: false }
        : undefined;
    await act(() => probe.now.refresh());
    expect(probe.now).toMatchObject({ isLoading: false, error: { code: 'FORBIDDEN' }, count: 2 });
  });
});
