/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { useConnection } from '../../../../client/react/index.ts';
import { createProbe, setUpPage } from './render.tsx';

describe('useConnection', () => {
  it('tells the states of the connection, and why it is down and until when', async () => {
    const { show, server, pass, do: act } = setUpPage();
    const probe = createProbe(() => useConnection());
    await show(probe.element({}));
    expect(probe.now).toEqual({ state: 'open' });
    await act(() => server.cut(), 0);
    expect(probe.now).toMatchObject({ state: 'waiting', reason: 'lost', closeCode: 1001 });
    expect(probe.now.retryInMs).toBeLessThanOrEqual(500);
    await pass(1_000);
    expect(probe.now).toEqual({ state: 'open' });
    expect([...new Set(probe.seen.map(({ state }) => state))].sort()).toEqual([
      'connecting',
      'idle',
      'open',
      'waiting',
    ]);
  });

  it('keeps the last error until the connection is open', async () => {
    const { show, server, pass } = setUpPage();
    const probe = createProbe(() => useConnection());
    server.transport.handshake = 'refuse';
    await show(probe.element({}));
    expect(probe.now.error?.code).toBe('UNREACHABLE');
    server.transport.handshake = 'open';
    await pass(60_000);
    expect(probe.now).toEqual({ state: 'open' });
  });
});
