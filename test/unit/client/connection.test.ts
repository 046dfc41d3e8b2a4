import { describe, expect, it } from '@jest/globals';
import { history } from '../../../client/history.ts';
import { presence } from '../../../client/presence.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { record, setUpChat, setUpRoom, upTo } from './chat-setup.ts';

const shortLife = { maxAgeMs: 5_000, random: seededRandom(3) };

describe('the connection', () => {
  it('tells its states, the reason and when it tries again', async () => {
    const { server, clock, states, client } = await setUpRoom();
    server.cut();
    await clock.advance(5_000);
    client.close();
    expect(states).toEqual([
      { state: 'connecting', previous: 'idle' },
      { state: 'open', previous: 'connecting' },
      {
        state: 'waiting',
        previous: 'open',
        reason: 'lost',
        retryInMs: expect.any(Number),
        closeCode: 1001,
      },
      { state: 'connecting', previous: 'waiting' },
      { state: 'open', previous: 'connecting' },
      { state: 'closed', previous: 'open' },
    ]);
  });

  it('backs off with full jitter, up to half a minute', async () => {
    const { clock, states } = setUpBeforeConnect('refuse');
    await clock.advance(600_000);
    const waits = states.flatMap(({ retryInMs }) => (retryInMs === undefined ? [] : [retryInMs]));
    expect(waits.slice(0, 12).every((ms, index) => ms <= Math.min(30_000, 500 * 2 ** index))).toBe(
      true,
    );
    expect(Math.max(...waits)).toBeGreaterThan(15_000);
    expect(new Set(waits).size).toBe(waits.length);
  });

  it('gives a handshake up that never ends', async () => {
    const { clock, states, errors } = setUpBeforeConnect('hang');
    await clock.advance(10_001);
    expect(states.at(-1)).toMatchObject({ state: 'waiting', reason: 'unreachable' });
    expect(errors).toEqual(['UNREACHABLE']);
  });

  it.each([
    { problem: 'Unexpected server response: 401', reason: 'unauthorized', code: 'UNAUTHORIZED' },
    { problem: 'Unexpected server response: 403', reason: 'unauthorized', code: 'UNAUTHORIZED' },
    { problem: 'Unexpected server response: 502', reason: 'unreachable', code: 'UNREACHABLE' },
  ])('says $reason after "$problem"', async ({ problem, reason, code }) => {
    const { server, states, errors } = setUpBeforeConnect();
    server.sockets[0]?.shut(1006, problem);
    expect(states.at(-1)).toMatchObject({ state: 'waiting', reason });
    expect(errors).toEqual([code]);
  });

  it('asks for a fresh token before every connection', async () => {
    let tokens = 0;
    const { server, clock } = await setUpRoom({ getToken: async () => `t${++tokens}` });
    server.cut();
    await clock.advance(5_000);
    expect(server.sockets.map(({ protocols }) => protocols)).toEqual([
      ['roomcast.v1', 'bearer.t1'],
      ['roomcast.v1', 'bearer.t2'],
    ]);
  });

  it('tries again when no token is to be had', async () => {
    let tokens = 0;
    const chat = setUpChat({
      getToken: () => (++tokens < 3 ? Promise.reject(new Error('offline')) : 'good'),
    });
    const connected = chat.client.connect();
    await chat.clock.advance(30_000);
    await connected;
    expect(chat.errors).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED']);
    expect(chat.client.state).toBe('open');
  });

  it('finds out that nobody is there any more, and connects anew', async () => {
    const { server, clock, states, room } = await setUpRoom();
    server.transport.copies = () => 0;
    void room.send('anyone?');
    await clock.advance(25_100);
    expect(states.at(-1)).toMatchObject({ state: 'waiting', reason: 'silent' });
  });

  it('keeps a connection that answers some things but not others', async () => {
    const { server, clock, states, room } = await setUpRoom();
    server.transport.copies = (frame) => ('type' in frame && frame.type === 'sent' ? 0 : 1);
    void room.send('hello', { clientMessageId: 'x' });
    await clock.advance(60_000);
    expect(states).toHaveLength(2);
  });

  it('sends a ping every four to five minutes, with its positions', async () => {
    const { server, clock } = await setUpRoom();
    server.publish('lobby');
    await clock.advance(3_000_000);
    const pings = server.received.filter(({ action }) => action === 'ping');
    expect(pings.length).toBeGreaterThanOrEqual(10);
    expect(pings.length).toBeLessThanOrEqual(12);
    expect(pings[0]).toMatchObject({ rooms: { lobby: 1 } });
  });

  it('looks at once whether anything was missed when the network or the page comes back', async () => {
    let wake = () => {};
    const { server, clock, seqs } = await setUpRoom({
      onWake: (listener) => {
        wake = listener;
        return () => {};
      },
    });
    server.transport.copies = () => 0;
    server.publish('lobby');
    await clock.advance(1_000);
    server.transport.copies = () => 1;
    wake();
    await clock.advance(2_000);
    expect(seqs).toEqual([1]);
  });

  it('cuts a wait short when the network comes back', async () => {
    let wake = () => {};
    const { server, clock, client } = await setUpRoom({
      onWake: (listener) => {
        wake = listener;
        return () => {};
      },
    });
    server.transport.handshake = 'refuse';
    server.cut();
    await clock.advance(600_000);
    while (client.state !== 'waiting') await clock.advance(10);
    server.transport.handshake = 'open';
    wake();
    await clock.advance(600);
    expect(client.state).toBe('open');
  });

  it('moves within the window that a goaway names, without an interruption', async () => {
    const { server, clock, states } = await setUpRoom();
    server.toAll({ type: 'goaway', reason: 'deployment', retryWindowMs: 30_000 });
    await clock.advance(30_100);
    expect(server.sockets).toHaveLength(2);
    expect(server.open).toHaveLength(1);
    expect(states).toHaveLength(2);
  });

  it('waits for its moment of the window when the server is gone before', async () => {
    const { server, clock, states } = await setUpRoom({ random: () => 0.5 });
    server.toAll({ type: 'goaway', reason: 'deployment', retryWindowMs: 30_000 });
    await clock.advance(5_005);
    server.cut();
    expect(states.at(-1)).toMatchObject({ reason: 'goaway', retryInMs: 10_000 });
  });
});

describe('close()', () => {
  it.each([
    { when: 'open', prepare: async () => {} },
    {
      when: 'catching up',
      prepare: async ({ server, clock }: Awaited<ReturnType<typeof setUpRoom>>) => {
        server.cut();
        for (const _ of upTo(500)) server.publish('lobby');
        while (server.received.filter(({ action }) => action === 'history').length === 0)
          await clock.advance(5);
      },
    },
    {
      when: 'waiting',
      prepare: async ({ server }: Awaited<ReturnType<typeof setUpRoom>>) => server.cut(),
    },
    {
      when: 'connecting',
      prepare: async ({ server, clock }: Awaited<ReturnType<typeof setUpRoom>>) => {
        server.transport.handshake = 'hang';
        server.cut();
        await clock.advance(600);
      },
    },
    {
      when: 'rotating',
      prepare: async ({ server, clock }: Awaited<ReturnType<typeof setUpRoom>>) => {
        server.transport.delayMs = () => 300;
        while (server.open.length < 2) await clock.advance(10);
      },
    },
  ])('leaves no timer and no socket while $when', async ({ prepare }) => {
    const chat = await setUpRoom(shortLife);
    await prepare(chat);
    const sends = upTo(3).map((n) => chat.room.send(`${n}`));
    const asked = [history(chat.room), presence(chat.room), history(chat.room, { before: 1 })];
    await chat.clock.advance(1);
    chat.client.close();
    const ends = await Promise.allSettled([...sends, ...asked]);
    expect(ends.map((end) => end.status === 'rejected' && end.reason.code)).toEqual(
      Array(6).fill('CLOSED'),
    );
    // What is still on the wire ends within a second; nothing starts anew.
    await chat.clock.advance(1_000);
    expect(chat.clock.pending).toBe(0);
    expect(chat.server.open).toEqual([]);
  });

  it('can be followed by connect(), which goes on where it ended', async () => {
    const { client, server, clock, seqs } = await setUpRoom();
    server.publish('lobby');
    await clock.advance(100);
    client.close();
    server.publish('lobby');
    await clock.advance(60_000);
    expect(seqs).toEqual([1]);
    void client.connect();
    await clock.advance(1_000);
    expect(seqs).toEqual([1, 2]);
  });

  it('shows nothing more to the application, even in the middle of a page', async () => {
    const { client, server, clock, room, seqs } = await setUpRoom();
    const unsubscribe = room.on('message', ({ seq }) => {
      if (seq === 2) client.close();
    });
    server.cut();
    for (const _ of upTo(4)) server.publish('lobby');
    await clock.advance(1_000);
    expect(seqs).toEqual([1, 2]);
    unsubscribe();
    void client.connect();
    await clock.advance(1_000);
    expect(seqs).toEqual([1, 2, 3, 4]);
  });
});

function setUpBeforeConnect(handshake: 'open' | 'refuse' | 'hang' = 'open') {
  const chat = setUpChat();
  chat.server.transport.handshake = handshake;
  record(chat.client.room('lobby'));
  void chat.client.connect();
  return chat;
}
