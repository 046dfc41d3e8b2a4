/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { hydrateRoot } from 'react-dom/client';
import { ChatClient } from '../../../../client/index.ts';
import {
  ChatProvider,
  useConnection,
  useMessages,
  usePresence,
  useRoom,
  useTyping,
} from '../../../../client/react/index.ts';
import { createProbe, setUpPage } from './render.tsx';

const EVERYTHING = createProbe(({ room }: { room: string }) => ({
  connection: useConnection(),
  room: useRoom(room),
  messages: useMessages(room),
  presence: usePresence(room),
  typing: useTyping(room),
}));
const { element } = EVERYTHING;

function Standing() {
  const connection = useConnection();
  const room = useRoom('lobby');
  const { count } = usePresence('lobby');
  const { isLoading } = useMessages('lobby');
  return (
    <p>{[connection.state, room.state, count ?? 0, isLoading ? 'loading' : 'loaded'].join(', ')}</p>
  );
}

describe('ChatProvider', () => {
  it('opens one connection and one subscription per room under StrictMode, however many components', async () => {
    const { show, server } = setUpPage();
    await show([1, 2, 3].map((key) => element({ room: 'lobby' }, `${key}`)));
    expect(server.sockets).toHaveLength(1);
    expect(server.received.map(({ action }) => action).sort()).toEqual([
      'history',
      'join',
      'presence',
    ]);
    expect(EVERYTHING.now.connection.state).toBe('open');
    expect(EVERYTHING.now.room.state).toBe('live');
  });

  it('leaves no socket, no timer and no later render after unmount', async () => {
    const { show, server, clock, unmount, pass } = setUpPage();
    await show(element({ room: 'lobby' }));
    server.toAll({ type: 'typing', roomId: 'lobby', userId: 'bob' });
    await pass(100);
    await unmount();
    await pass(100);
    expect(clock.pending).toBe(0);
    const renders = EVERYTHING.seen.length;
    server.publish('lobby');
    await pass(60_000);
    expect(server.open).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(server.sockets).toHaveLength(1);
    expect(EVERYTHING.seen).toHaveLength(renders);
  });

  it('waits no longer when the browser says that the network is back', async () => {
    const { clientOptions, render, pass, server, do: act } = setUpPage();
    const { onWake: _, ...options } = clientOptions;
    await render(<ChatProvider options={options}>{element({ room: 'lobby' })}</ChatProvider>);
    await pass(100);
    server.transport.handshake = 'refuse';
    await act(() => server.cut(), 100);
    do await pass(500);
    while ((EVERYTHING.now.connection.retryInMs ?? 0) < 5_000);
    server.transport.handshake = 'open';
    await act(() => window.dispatchEvent(new Event('online')), 1_000);
    expect(EVERYTHING.now.connection.state).toBe('open');
  });

  it('keeps a room until its last component has gone, and joins the next one', async () => {
    const { show, server } = setUpPage();
    await show([element({ room: 'lobby' }, 'a'), element({ room: 'lobby' }, 'b')]);
    await show([element({ room: 'kitchen' }, 'a'), element({ room: 'lobby' }, 'b')]);
    expect(server.members('lobby')).toHaveLength(1);
    expect(server.members('kitchen')).toHaveLength(1);
    await show([element({ room: 'kitchen' }, 'a')]);
    expect(server.members('lobby')).toEqual([]);
    expect(server.received.filter(({ action }) => action === 'join')).toHaveLength(2);
  });

  it('does not rejoin when a room moves from one component to another', async () => {
    const { show, server } = setUpPage();
    await show(element({ room: 'lobby' }, 'a'));
    await show(element({ room: 'lobby' }, 'b'));
    expect(server.received.filter(({ action }) => action === 'join')).toHaveLength(1);
  });

  it('leaves a room only when what was sent there is acknowledged', async () => {
    const { show, server, render, clientOptions, pass, do: act } = setUpPage();
    await show(element({ room: 'lobby' }));
    server.transport.delayMs = () => 50;
    await render(
      <ChatProvider options={clientOptions}>{element({ room: 'kitchen' })}</ChatProvider>,
    );
    await pass(500);
    const { send } = EVERYTHING.now.room;
    let outcome: unknown;
    const told = (result: unknown) => {
      outcome = result;
    };
    await act(() => send('on my way out').then(told, told), 0);
    await show(element({ room: 'lobby' }));
    await pass(1_000);
    expect(outcome).toMatchObject({ seq: 1 });
    expect(server.log('kitchen')).toHaveLength(1);
    expect(server.members('kitchen')).toEqual([]);
  });

  it('neither connects nor closes a client that it was given', async () => {
    const { render, server, clientOptions, pass, unmount, do: act } = setUpPage();
    const client = new ChatClient(clientOptions);
    await render(<ChatProvider client={client}>{element({ room: 'lobby' })}</ChatProvider>);
    expect(server.sockets).toEqual([]);
    await act(() => client.connect());
    expect(EVERYTHING.now.room.state).toBe('live');
    await unmount();
    await pass(100);
    expect(client.state).toBe('open');
    expect(server.members('lobby')).toEqual([]);
    await act(() => client.close());
  });

  it('shares the rooms of a client among its providers', async () => {
    const { render, server, clientOptions, pass, do: act } = setUpPage();
    const client = new ChatClient(clientOptions);
    const provider = (key: string) => (
      <ChatProvider key={key} client={client}>
        {element({ room: 'lobby' })}
      </ChatProvider>
    );
    await render([provider('a'), provider('b')]);
    await act(() => client.connect());
    await render([provider('a')]);
    await pass(100);
    expect(server.members('lobby')).toHaveLength(1);
    await act(() => client.close());
  });

  it('hydrates what a server rendered, though another part of the page is connected already', async () => {
    const { render, clientOptions, do: act } = setUpPage();
    const client = new ChatClient(clientOptions);
    await render(<ChatProvider client={client}>{element({ room: 'lobby' })}</ChatProvider>);
    await act(() => client.connect());
    const island = document.createElement('div');
    island.innerHTML = '<p>idle, offline, 0, loading</p>';
    const problems: unknown[] = [];
    await act(() =>
      hydrateRoot(
        island,
        <ChatProvider client={client}>
          <Standing />
        </ChatProvider>,
        { onRecoverableError: (error) => problems.push(error) },
      ),
    );
    expect(island.textContent).toBe('open, live, 1, loaded');
    expect(problems).toEqual([]);
    await act(() => client.close());
  });

  it('asks the latest getToken with every connection', async () => {
    const { render, server, clientOptions, pass, do: act } = setUpPage();
    const page = (token: string) => (
      <ChatProvider options={{ ...clientOptions, getToken: () => token }}>
        {element({ room: 'lobby' })}
      </ChatProvider>
    );
    await render(page('old'));
    await pass(100);
    await render(page('new'));
    await act(() => server.cut(), 5_000);
    expect(server.sockets.map(({ protocols }) => protocols[1])).toEqual([
      'bearer.old',
      'bearer.new',
    ]);
  });

  it('returns the same functions from render to render, and the same result when nothing changed', async () => {
    const { show, server, do: act } = setUpPage();
    await show(element({ room: 'lobby' }));
    const before = EVERYTHING.now;
    await show(element({ room: 'lobby' }));
    expect(EVERYTHING.now).not.toBe(before);
    expect(EVERYTHING.now.messages).toBe(before.messages);
    expect(EVERYTHING.now.presence).toBe(before.presence);
    await act(() => server.publish('lobby'));
    const after = EVERYTHING.now;
    expect(after.messages).not.toBe(before.messages);
    const functions = ({ messages, presence, typing, room }: typeof before) => [
      messages.send,
      messages.loadEarlier,
      messages.retry,
      messages.discard,
      presence.refresh,
      typing.notify,
      room.send,
    ];
    for (const [index, callback] of functions(after).entries()) {
      expect(callback).toBe(functions(before)[index]);
    }
    expect(after.room).toBe(before.room);
  });
});
