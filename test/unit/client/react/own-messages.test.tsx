/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { setUpMessages } from './messages-page.tsx';

describe('own messages of useMessages', () => {
  it('shows an own message as pending until it stands among the messages, and never neither', async () => {
    const { server, probe, seqs, pending, pass, do: act } = await setUpMessages(0);
    server.transport.delayMs = (frame) => ('type' in frame && frame.type === 'messages' ? 60 : 20);
    const before = probe.seen.length;
    await act(() => probe.now.send('hello', { data: { mood: 'good' } }));
    await pass(100);
    expect({ seqs: seqs(), pending: pending() }).toEqual({ seqs: [1], pending: [] });
    const states = probe.seen.slice(before).map(({ messages, pending: own }) => {
      expect(messages.length + own.length).toBe(1);
      return own[0]?.state ?? 'shown';
    });
    expect([...new Set(states)]).toEqual(['sending', 'stored', 'shown']);
  });

  it('shows an own message once though the client does not know that it is its own', async () => {
    const { server, probe, do: act } = await setUpMessages(0, {}, { userId: 'an alias' });
    server.transport.delayMs = (frame) => ('type' in frame && frame.type === 'sent' ? 60 : 5);
    const before = probe.seen.length;
    await act(() => probe.now.send('hello'));
    expect(probe.now).toMatchObject({ messages: [{ text: 'hello' }], pending: [] });
    for (const { messages, pending } of probe.seen.slice(before)) {
      expect(messages.length + pending.length).toBe(1);
    }
  });

  it('queues while there is no connection, and sends in order', async () => {
    const { server, probe, pending, pass, do: act } = await setUpMessages(0);
    server.transport.handshake = 'hang';
    await act(() => {
      server.cut();
      void probe.now.send('one');
      void probe.now.send('two');
    });
    expect(pending()).toEqual(['one: queued', 'two: queued']);
    server.transport.handshake = 'open';
    await pass(60_000);
    expect(pending()).toEqual([]);
    expect(probe.now.messages.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('keeps a refused message as failed, and stores it under the same id on retry', async () => {
    const { server, probe, pending, do: act } = await setUpMessages(0);
    const error = { type: 'error', code: 'TOO_LARGE', message: '', retryable: false };
    server.refuse = ({ action }) => (action === 'send' ? error : undefined);
    await act(() => probe.now.send('hello').catch(() => {}));
    expect(pending()).toEqual(['hello: failed']);
    expect(probe.now.pending[0]?.error?.code).toBe('TOO_LARGE');

    server.refuse = () => undefined;
    const { key = '' } = probe.now.pending[0] ?? {};
    await act(() => probe.now.retry(key));
    expect(pending()).toEqual([]);
    expect(probe.now.messages).toMatchObject([{ text: 'hello', clientMessageId: key }]);
  });

  it('keeps what a full outbox and a denied room refuse, nobody awaiting the result', async () => {
    const {
      server,
      probe,
      pending,
      pass,
      do: act,
    } = await setUpMessages(0, {}, { outboxMaxCount: 1 });
    server.transport.handshake = 'hang';
    await act(() => {
      server.cut();
      void probe.now.send('one');
      void probe.now.send('two');
    });
    expect(pending()).toEqual(['one: queued', 'two: failed']);
    server.denied.add('lobby');
    server.transport.handshake = 'open';
    await pass(60_000);
    await act(() => void probe.now.send('three'));
    expect(pending()).toEqual(['one: failed', 'two: failed', 'three: failed']);
    expect(probe.now.pending.map(({ error }) => error?.code)).toEqual([
      'FORBIDDEN',
      'OUTBOX_FULL',
      'FORBIDDEN',
    ]);
    await act(() => {
      for (const { key } of probe.now.pending) probe.now.discard(key);
    });
    expect(pending()).toEqual([]);
  });

  it('forgets a message that was given up when it turns out to be stored', async () => {
    const { server, probe, pending, pass, do: act } = await setUpMessages(0);
    server.refuse = ({ action }) =>
      action === 'send'
        ? { type: 'error', code: 'INTERNAL', message: '', retryable: false }
        : undefined;
    await act(() => probe.now.send('hello', { clientMessageId: 'mine' }).catch(() => {}));
    expect(pending()).toEqual(['hello: failed']);
    const stored = server.publish('lobby', 'hello');
    server.push('lobby', [{ ...stored, seq: 2, clientMessageId: 'mine', userId: 'ann' }]);
    await pass(2_000);
    expect(pending()).toEqual([]);
  });

  describe('whose log the server has lost', () => {
    /** Acknowledged as number 2, and never pushed. */
    async function setUpLost() {
      const page = await setUpMessages(1);
      page.server.transport.copies = (frame) =>
        'type' in frame && frame.type === 'messages' ? 0 : 1;
      await page.do(() => page.probe.now.send('hello'));
      expect(page.pending()).toEqual(['hello: stored']);
      page.server.transport.copies = () => 1;
      return page;
    }

    it.each([
      { where: 'the log ends before it', head: 0, later: [] },
      { where: 'another message stands in its place', head: 1, later: ['other'] },
    ])('fail where $where, and are stored anew on retry', async ({ head, later }) => {
      const { server, probe, pending, pass, do: act } = await setUpLost();
      server.rewind('lobby', head);
      for (const text of later) server.publish('lobby', text);
      server.cut();
      await pass(5_000);
      expect(pending()).toEqual(['hello: failed']);
      const { key = '', error } = probe.now.pending[0] ?? {};
      expect(error).toMatchObject({ code: 'RESET', retryable: true });

      await act(() => probe.now.retry(key));
      await pass(1_000);
      expect(pending()).toEqual([]);
      const own = probe.now.messages.find(({ text }) => text === 'hello');
      expect(own?.clientMessageId).not.toBe(key);
    });

    it('do not fail where it is still there', async () => {
      const { server, seqs, pending, pass } = await setUpLost();
      server.cut();
      await pass(5_000);
      expect({ seqs: seqs(), pending: pending() }).toEqual({ seqs: [1, 2], pending: [] });
    });
  });
});
