import { describe, expect, it } from '@jest/globals';
import { ready } from '../../client/ready.ts';
import { openSocket } from '../support/chat-socket.ts';
import { setUpProxiedChat } from './proxied-chat.ts';

const chat = setUpProxiedChat();

describe('recovery', () => {
  it('works when nothing was ever said: the first message is not missed', async () => {
    const member = await chat.enter();
    expect(member.room.position).toBe(0);
    chat.proxy.rules({ admit: () => 'refuse' });
    chat.proxy.cut('terminate');
    await chat.publish(1);
    chat.proxy.rules();
    await chat.expectAll(member);
  });

  it.each([{ how: 'close' as const }, { how: 'terminate' as const }])(
    'works a second time in a row when the connection ends by $how',
    async ({ how }) => {
      const member = await chat.enter();
      await chat.publish(2);
      for (const connection of [1, 2, 3]) {
        await chat.proxy.log.until('the connection', () => chat.proxy.connections >= connection);
        await ready(member.room);
        chat.proxy.rules({ admit: () => 'refuse' });
        chat.proxy.cut(how);
        await chat.publish(3);
        chat.proxy.rules();
        await member.shown(2 + 3 * connection);
      }
      await chat.expectAll(member);
    },
  );

  it('works when the connection ends again while it recovers, and asks from the same position', async () => {
    const member = await chat.enter();
    const position = await chat.publish(2);
    await member.reached(position);
    chat.proxy.rules({ admit: () => 'refuse' });
    chat.proxy.cut('terminate');
    await chat.publish(3);
    const lost = new Set<number>();
    chat.proxy.rules({
      frame: ({ body, connection }) => {
        if (body.type !== 'resumed' || lost.size === 2) return 'pass';
        lost.add(connection);
        return 'terminate';
      },
    });
    await chat.expectAll(member);
    expect(chat.asked('resume').map(({ body }) => body.rooms)).toEqual(
      Array.from({ length: 3 }, () => ({ [chat.roomId]: position })),
    );
  });

  it('never repeats a replay: each asks after what the last one brought', async () => {
    const member = await chat.enter();
    await member.reached(await chat.publish(1));
    for (const round of [1, 2, 3, 4]) {
      chat.proxy.rules({ admit: () => 'refuse' });
      chat.proxy.cut('terminate');
      await chat.publish(2);
      chat.proxy.rules();
      await member.shown(1 + 2 * round);
    }
    await chat.expectAll(member);
    const positions = chat
      .asked('resume')
      .map(({ body }) => (body.rooms as Record<string, number>)[chat.roomId]);
    expect(positions).toEqual([0, 2, 4, 6].map((index) => chat.stored[index]));
    const replayed = chat
      .frames('passed')
      .filter(({ body }) => body.type === 'resumed')
      .flatMap(
        ({ body }) =>
          (body.rooms as Record<string, { messages: { seq: number }[] }>)[chat.roomId]?.messages ??
          [],
      )
      .map(({ seq }) => seq);
    expect(replayed).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('brings everything, page by page, after the server has forgotten the connection', async () => {
    const member = await chat.enter();
    chat.proxy.rules({ admit: () => 'refuse' });
    chat.proxy.cut('close');
    const users = async () =>
      (await chat.publisher.request({ action: 'presence', roomId: chat.roomId })).users as string[];
    while ((await users()).includes('member')) await chat.publish(1);
    await chat.publish(150);
    chat.proxy.rules();
    await chat.expectAll(member);
    expect(chat.asked('history').length).toBeGreaterThanOrEqual(1);
  });

  it('survives every way in which a server does not let in', async () => {
    const admissions = ['pass', 'refuse', 503, 429, 'hang', 502] as const;
    chat.proxy.rules({ admit: (connection) => admissions[connection - 1] ?? 'pass' });
    const member = await chat.enter({ requestTimeoutMs: 1_000 });
    await member.reached(await chat.publish(1));
    chat.proxy.cut('terminate');
    await chat.publish(1);
    await chat.expectAll(member);
    expect(
      chat.proxy.log.events.filter(({ event }) => event === 'refused' || event === 'hung'),
    ).toEqual([
      expect.objectContaining({ event: 'refused', connection: 2 }),
      expect.objectContaining({ event: 'refused', status: 503 }),
      expect.objectContaining({ event: 'refused', status: 429 }),
      expect.objectContaining({ event: 'hung', connection: 5 }),
      expect.objectContaining({ event: 'refused', status: 502 }),
    ]);
  });

  it('notices a connection on which nothing arrives any more', async () => {
    const startedAt = Date.now();
    const member = await chat.enter({
      heartbeatMs: 10_000,
      requestTimeoutMs: 30_000,
      clock: {
        now: () => startedAt + (Date.now() - startedAt) * 10,
        after: (delayMs, callback) => {
          const timer = setTimeout(callback, delayMs / 10);
          return () => clearTimeout(timer);
        },
      },
    });
    await member.reached(await chat.publish(1));
    chat.proxy.rules({ frame: ({ connection }) => (connection === 1 ? 'black-hole' : 'pass') });
    await chat.publish(2);
    const down = await member.log.find(
      'silence',
      (event) => event.event === 'connection' && event.state === 'waiting',
    );
    expect(down).toMatchObject({ reason: 'silent' });
    await chat.expectAll(member);
    expect(
      chat.proxy.log.events.some(({ event, connection }) => event === 'closed' && connection === 1),
    ).toBe(true);
  });
});

describe('a server that asks its clients to move', () => {
  it('is left for another connection without a moment in between', async () => {
    const member = await chat.enter();
    await chat.publish(2);
    const order = { reason: 'new routes', retryWindowMs: 300, limitPerSecond: 1_000 };
    const { origin } = new URL(chat.stack.url.replace('ws', 'http'));
    await fetch(`${origin}/2015-03-31/functions/ConnectionsDrain/invocations`, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 local' },
      body: JSON.stringify(order),
    });
    await chat.proxy.log.until('the old connection closed', () =>
      chat.proxy.log.events.some(({ event, connection }) => event === 'closed' && connection === 1),
    );
    await chat.publish(2);
    await chat.expectAll(member);
    expect(chat.proxy.connections).toBe(2);
    expect(member.client.state).toBe('open');
    const states = member.log.events.filter(({ event }) => event === 'connection');
    expect(states.map((change) => 'state' in change && change.state)).toEqual([
      'connecting',
      'open',
    ]);
  });
});

describe('a crash of the server', () => {
  it('loses nothing that was acknowledged, shows nothing twice, and what was sent meanwhile goes out', async () => {
    const member = await chat.enter();
    const before = await chat.publish(5);
    await member.reached(before);
    await chat.stack.kill();
    const own = member.room.send('written during the outage');
    await chat.restart();
    chat.proxy.target(chat.stack.url);
    chat.publisher = await openSocket(chat.stack.url, { userId: 'publisher', roomId: chat.roomId });
    const sent = await own;
    await chat.publish(3);
    expect(sent.seq).toBeGreaterThan(before);
    await chat.expectAll(member, [sent]);
  }, 60_000);
});
