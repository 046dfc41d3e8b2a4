/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { useMessages, useRoom } from '../../../../client/react/index.ts';
import { upTo } from '../chat-setup.ts';
import { type MessagesProps, setUpMessages } from './messages-page.tsx';
import { createProbe, setUpPage } from './render.tsx';

describe('useMessages', () => {
  it.each([
    { description: 'the newest 50 by default', stored: 60, props: {}, seqs: upTo(60, 11) },
    { description: 'all there are', stored: 3, props: {}, seqs: upTo(3) },
    { description: 'as many as asked', stored: 60, props: { history: 5 }, seqs: upTo(60, 56) },
    { description: 'several pages', stored: 300, props: { history: 250 }, seqs: upTo(300, 51) },
    { description: 'none', stored: 60, props: { history: 0 }, seqs: [] },
  ])('begins with $description', async ({ stored, props, seqs }) => {
    const page = await setUpMessages(stored, props);
    expect(page.seqs()).toEqual(seqs);
    expect(page.probe.now.isLoading).toBe(false);
    expect(page.probe.now.hasEarlier).toBe(stored > seqs.length);
  });

  it('shows page after page, none larger than the protocol allows', async () => {
    const { server, probe } = await setUpMessages(300, { history: 250 });
    const lengths = probe.seen.map(({ messages }) => messages.length);
    expect([...new Set(lengths)]).toEqual([0, 100, 200, 250]);
    const limits = server.received.map((frame) => frame.action === 'history' && frame.limit);
    expect(limits.filter((limit) => limit !== false)).toEqual([100, 100, 50]);
  });

  it('stops loading when nobody shows the messages any more, though the room is still used', async () => {
    const page = setUpPage();
    for (const _ of upTo(300)) page.server.publish('lobby');
    page.server.transport.delayMs = () => 40;
    const room = createProbe(() => useRoom('lobby')).element({}, 'room');
    const messages = createProbe(() => useMessages('lobby', { history: 250 })).element({}, 'list');
    await page.show([room, messages]);
    await page.pass(70);
    await page.show([room]);
    await page.pass(1_000);
    expect(page.server.received.filter(({ action }) => action === 'history')).toHaveLength(1);
    expect(page.server.members('lobby')).toHaveLength(1);
  });

  it('is loading until the first page is there', async () => {
    const { probe } = await setUpMessages(3);
    const loading = probe.seen.filter(({ isLoading }) => isLoading);
    expect(probe.seen.slice(0, loading.length)).toEqual(loading);
    expect(loading.every(({ messages }) => messages.length === 0)).toBe(true);
  });

  it('goes on with what comes live', async () => {
    const { server, seqs, pass } = await setUpMessages(3);
    server.publish('lobby');
    server.publish('lobby');
    await pass(100);
    expect(seqs()).toEqual(upTo(5));
  });

  it('shows one message at once, and a burst in twenty steps a second, with nothing left over', async () => {
    const { server, probe, seqs, pass } = await setUpMessages(0);
    server.publish('lobby');
    await pass(5);
    expect(seqs()).toEqual([1]);
    await pass(50);
    const before = probe.seen.length;
    for (const _ of upTo(200)) {
      server.publish('lobby');
      await pass(5);
    }
    await pass(50);
    expect(seqs()).toEqual(upTo(201));
    const steps = new Set(probe.seen.slice(before).map(({ messages }) => messages));
    expect([20, 21, 22]).toContain(steps.size);
  });

  it('shows once what comes live while the first page is under way', async () => {
    const page = setUpPage();
    const { server } = page;
    for (const _ of upTo(3)) server.publish('lobby');
    server.transport.delayMs = (frame) => ('type' in frame && frame.type === 'history' ? 90 : 5);
    const probe = createProbe(() => useMessages('lobby'));
    await page.show(probe.element({}));
    await page.do(() => server.publish('lobby'));
    expect(probe.now.messages.map(({ seq }) => seq)).toEqual(upTo(4));
  });

  it.each([{ history: 10 }, { history: 0 }])(
    'loads earlier pages up to the first message, begun with $history',
    async (props) => {
      const { server, probe, seqs, pass, do: act } = await setUpMessages(120, props);
      await act(() => server.publish('lobby'));
      for (let page = 0; probe.now.hasEarlier && page < 5; page += 1) {
        await act(() => probe.now.loadEarlier());
      }
      await pass(100);
      expect(seqs()).toEqual(upTo(121));
      expect(probe.now.isLoading).toBe(false);
    },
  );

  it('asks for one page when loadEarlier is called many times at once', async () => {
    const { server, probe, seqs, do: act } = await setUpMessages(200, { history: 10 });
    const before = server.received.length;
    await act(() => {
      for (const _ of upTo(5)) void probe.now.loadEarlier();
    });
    expect(server.received.slice(before).map(({ action }) => action)).toEqual(['history']);
    expect(seqs()).toEqual(upTo(200, 141));
  });

  it('loads what is earlier than the live messages, however many of these there are', async () => {
    const { server, probe, seqs, do: act } = await setUpMessages(60, { history: 0 });
    await act(() => {
      for (const _ of upTo(70)) server.publish('lobby');
    });
    await act(() => probe.now.loadEarlier());
    expect(seqs()).toEqual(upTo(130, 11));
  });

  it('does not mix a page from before a reset with what was loaded after it', async () => {
    const { server, probe, seqs, do: act } = await setUpMessages(60, { history: 5 });
    await act(() => {
      void probe.now.loadEarlier();
      server.cut();
      server.rewind('lobby', 58);
    }, 60_000);
    expect(seqs()).toEqual(upTo(58, 54));
    expect(probe.now).toMatchObject({ isLoading: false, hasEarlier: true });
  });

  it('loads more when a second component wants more, for both', async () => {
    const page = setUpPage();
    for (const _ of upTo(100)) page.server.publish('lobby');
    const probe = createProbe((given: MessagesProps) => useMessages('lobby', given));
    await page.show(probe.element({ history: 10 }, 'a'));
    await page.show([probe.element({ history: 10 }, 'a'), probe.element({ history: 40 }, 'b')]);
    expect(probe.seen.slice(-2).map(({ messages }) => messages.length)).toEqual([40, 40]);
  });

  it('catches up after a cut, without a gap or a duplicate', async () => {
    const { server, seqs, do: act } = await setUpMessages(3);
    await act(() => {
      server.cut('vanish');
      for (const _ of upTo(250)) server.publish('lobby');
    }, 60_000);
    expect(seqs()).toEqual(upTo(253));
  });

  it('tells a gap while messages are late', async () => {
    const { server, probe, pass } = await setUpMessages(1);
    server.transport.copies = (frame) => ('type' in frame && frame.type === 'messages' ? 0 : 1);
    server.publish('lobby');
    server.transport.copies = () => 1;
    server.publish('lobby');
    await pass(1_010);
    expect(probe.now.gap).toEqual({ after: 1, head: 3 });
    await pass(100);
    expect(probe.now.gap).toBeUndefined();
    expect(probe.now.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it.each([
    { description: 'retention', trim: 50, rewind: undefined, seqs: upTo(60, 51) },
    { description: 'a rewound log', trim: 0, rewind: 2, seqs: upTo(2) },
  ])(
    'reloads after a reset by $description, and tells it',
    async ({ trim, rewind, seqs: after }) => {
      const { server, probe, seqs, pass, do: act } = await setUpMessages(5);
      await act(() => {
        server.cut();
        if (rewind === undefined) for (const _ of upTo(60, 6)) server.publish('lobby');
        else server.rewind('lobby', rewind);
        server.trim('lobby', trim);
      }, 60_000);
      expect(probe.now.reset).toMatchObject({ after: 5 });
      for (const { reset, messages } of probe.seen) {
        const last = messages.at(-1)?.seq ?? 0;
        if (reset !== undefined) expect(last).toBeLessThanOrEqual(after.at(-1) ?? 0);
      }
      expect(seqs()).toEqual(after);
      server.publish('lobby');
      await pass(100);
      expect(seqs()).toEqual([...after, (after.at(-1) ?? 0) + 1]);
      expect(probe.seen.every(({ messages }) => isAscending(messages.map(({ seq }) => seq)))).toBe(
        true,
      );
    },
  );

  it('tells why history could not be loaded, and loads it once the room is open', async () => {
    const page = setUpPage();
    const { server } = page;
    server.publish('lobby');
    server.denied.add('lobby');
    const probe = createProbe(() => useMessages('lobby'));
    await page.show(probe.element({}));
    expect(probe.now).toMatchObject({ isLoading: false, error: { code: 'FORBIDDEN' } });
    server.denied.clear();
    await page.do(() => server.cut(), 5_000);
    expect(probe.now.error).toBeUndefined();
    expect(probe.now.messages).toHaveLength(1);
  });
});

function isAscending(seqs: number[]): boolean {
  return seqs.every((seq, index) => index === 0 || seq > (seqs[index - 1] ?? 0));
}
