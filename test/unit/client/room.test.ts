import { describe, expect, it } from '@jest/globals';
import { history } from '../../../client/history.ts';
import { presence } from '../../../client/presence.ts';
import { readRoom } from '../../../client/read-room.ts';
import { typing } from '../../../client/typing.ts';
import { record, setUpChat, setUpRoom, upTo } from './chat-setup.ts';

describe('a room', () => {
  it('starts live at the head, or after the number given', async () => {
    const { server, client, clock } = setUpChat();
    for (const _ of upTo(3)) server.publish('lobby');
    for (const _ of upTo(3)) server.publish('other');
    const [fromNow, fromOne] = [
      record(client.room('lobby')),
      record(client.room('other', { since: 1 })),
    ];
    void client.connect();
    await clock.advance(100);
    server.publish('lobby');
    server.publish('other');
    await clock.advance(100);
    expect(fromNow.seqs).toEqual([4]);
    expect(fromOne.seqs).toEqual([2, 3, 4]);
  });

  it('is one object and one membership, however many ask for it', async () => {
    const { server, client, clock, room } = await setUpRoom();
    expect(client.room('lobby', { since: 7 })).toBe(room);
    await clock.advance(100);
    expect(server.received.filter(({ action }) => action === 'join')).toHaveLength(1);
  });

  it('goes through its states', async () => {
    const { server, clock, roomStates, room } = await setUpRoom();
    server.cut();
    for (const _ of upTo(300)) server.publish('lobby');
    await clock.advance(5_000);
    room.leave();
    expect(roomStates).toEqual([
      'joining',
      'live',
      'offline',
      'joining',
      'catching-up',
      'live',
      'left',
    ]);
  });

  it.each([
    { how: 'join', options: {} },
    { how: 'resume', options: { since: 0 } },
  ])(
    'tells that a $how is denied, refuses to send, and tries again with the next connection',
    async ({ options }) => {
      const { server, client, clock } = setUpChat();
      server.denied.add('secret');
      const room = client.room('secret', options);
      const { states } = record(room);
      const early = room.send('hello');
      void client.connect();
      await clock.advance(100);
      await expect(early).rejects.toMatchObject({ code: 'FORBIDDEN', retryable: false });
      await expect(room.send('again')).rejects.toMatchObject({ code: 'FORBIDDEN' });
      server.denied.clear();
      server.cut();
      await clock.advance(5_000);
      expect(states).toEqual(['joining', 'denied', 'offline', 'joining', 'live']);
    },
  );

  it('is joined again only after the server has confirmed that it was left', async () => {
    const { server, client, clock, room } = await setUpRoom();
    server.transport.delayMs = (frame) => ('action' in frame && frame.action === 'leave' ? 300 : 5);
    room.leave();
    const again = record(client.room('lobby'));
    await clock.advance(1_000);
    expect(server.received.map(({ action }) => action)).toEqual(['join', 'leave', 'join']);
    server.publish('lobby');
    await clock.advance(100);
    expect(again.seqs).toEqual([1]);
    await expect(room.send('x')).rejects.toMatchObject({ code: 'LEFT' });
  });

  it('leaves after the join when it was left before the answer', async () => {
    const { server, client, clock } = await setUpRoom();
    client.room('other').leave();
    await clock.advance(100);
    expect(server.members('other')).toEqual([]);
  });

  it('passes typing and presence on, and tells of its own typing at most every three seconds', async () => {
    const { server, clock, room } = await setUpRoom();
    const heard: object[] = [];
    room.on('typing', (typing) => heard.push(typing));
    room.on('presence', (presence) => heard.push(presence));
    server.toAll({ type: 'typing', roomId: 'lobby', userId: 'bob' });
    server.toAll({ type: 'presence', roomId: 'lobby', joined: ['bob'], left: [], count: 2 });
    for (const _ of upTo(10)) {
      typing(room);
      await clock.advance(500);
    }
    expect(heard).toEqual([{ userId: 'bob' }, { joined: ['bob'], left: [], count: 2 }]);
    expect(server.received.filter((frame) => (frame.action as string) === 'typing')).toHaveLength(
      2,
    );
  });

  it('tells who is there', async () => {
    const { clock, room } = await setUpRoom();
    const present = presence(room);
    await clock.advance(100);
    expect(await present).toEqual({ count: 1, users: ['ann'] });
  });

  it('gives a question up when nobody answers for long', async () => {
    const { clock, room, server } = await setUpRoom();
    server.transport.handshake = 'refuse';
    server.cut();
    const refusal = presence(room).catch((error) => error);
    await clock.advance(30_001);
    expect(await refusal).toMatchObject({ code: 'TIMEOUT', retryable: true });
  });

  it('refuses an id that no server takes', () => {
    expect(() => setUpChat().client.room('a room')).toThrow(
      'Room id "a room" does not match /^[A-Za-z0-9_.:-]{1,128}$/.',
    );
  });
});

describe('history()', () => {
  it('ends exactly where the live messages begin', async () => {
    const { server, client, clock } = setUpChat();
    for (const _ of upTo(5)) server.publish('lobby');
    const { room, seqs } = record(client.room('lobby'));
    void client.connect();
    const page = history(room, { limit: 3 });
    await clock.advance(100);
    server.publish('lobby');
    await clock.advance(100);
    expect((await page).messages.map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(seqs).toEqual([6]);
    const earlier = history(room, { before: (await page).before ?? 0 });
    await clock.advance(100);
    expect(await earlier).toMatchObject({ messages: [{ seq: 1 }, { seq: 2 }], before: undefined });
  });

  it('waits for a message that was not settled when the room was joined', async () => {
    const { server, client, clock } = setUpChat();
    server.publish('lobby');
    const slow = server.reserve('lobby');
    const { room, seqs } = record(client.room('lobby'));
    void client.connect();
    const page = history(room);
    await clock.advance(300);
    slow.settle();
    await clock.advance(2_000);
    expect({ page: (await page).messages.map(({ seq }) => seq), live: seqs }).toEqual({
      page: [1, 2],
      live: [],
    });
  });
});

describe('read()', () => {
  it.each([
    { options: {}, read: [301, 302] },
    { options: { last: 2 }, read: [299, 300, 301, 302] },
    { options: { last: 250 }, read: upTo(302, 51) },
    { options: { last: 9_999 }, read: upTo(302) },
    { options: { since: 0 }, read: upTo(302) },
    { options: { since: 298 }, read: upTo(302, 299) },
  ])('joins history to the live stream with $options', async ({ options, read }) => {
    const { server, client, clock } = setUpChat();
    for (const _ of upTo(300)) server.publish('lobby');
    const room = client.room('lobby');
    void client.connect();
    await clock.advance(100);
    const seqs = collect(readRoom(room, options));
    await clock.advance(20);
    server.publish('lobby');
    await clock.advance(5_000);
    server.publish('lobby');
    await clock.advance(1_000);
    expect(seqs).toEqual(read);
    client.close();
  });

  it('has no gap and no repetition under continuous sending, over 200 starts', async () => {
    const { server, clock, client, room } = await setUpRoom({ maxAgeMs: 7_000 });
    const readers: number[][] = [];
    for (const n of upTo(200)) {
      server.publish('lobby');
      await clock.advance(n % 7);
      readers.push(collect(readRoom(room, { last: n % 120 })));
      server.publish('lobby');
      await clock.advance(n % 11);
    }
    await clock.advance(5_000);
    for (const [index, seqs] of readers.entries()) {
      const first = seqs[0] ?? 0;
      expect({ index, seqs }).toEqual({ index, seqs: upTo(400, first) });
    }
    client.close();
  });

  it('goes on over lost connections, and ends with leave()', async () => {
    const { server, clock, room } = await setUpRoom();
    const ended: string[] = [];
    const seqs = collect(readRoom(room, { since: 0 }), () => ended.push('done'));
    for (const _ of upTo(5)) {
      server.publish('lobby');
      server.cut('vanish');
      await clock.advance(20_000);
    }
    room.leave();
    await clock.advance(10);
    expect({ seqs, ended }).toEqual({ seqs: upTo(5), ended: ['done'] });
  });

  it('throws RESET when messages in between are gone', async () => {
    const { server, clock, room } = await setUpRoom();
    server.publish('lobby');
    const reader = readRoom(room, { since: 0 });
    const first = reader.next();
    await clock.advance(100);
    expect((await first).value).toMatchObject({ seq: 1 });
    const second = reader.next().catch((error) => error);
    server.cut();
    server.publish('lobby');
    server.trim('lobby', 2);
    await clock.advance(10_000);
    expect(await second).toMatchObject({ code: 'RESET', retryable: true });
  });

  it('starts with the oldest message kept when it starts at 0', async () => {
    const { server, clock, client } = setUpChat();
    for (const _ of upTo(9)) server.publish('lobby');
    server.trim('lobby', 6);
    const room = client.room('lobby');
    void client.connect();
    const seqs = collect(readRoom(room, { since: 0 }));
    await clock.advance(1_000);
    expect(seqs).toEqual([7, 8, 9]);
    client.close();
  });

  it('ends a next() that waits, by return()', async () => {
    const { clock, room } = await setUpRoom();
    const reader = readRoom(room);
    const waiting = reader.next();
    await clock.advance(10);
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('reads the log again when it was too slow for the live stream', async () => {
    const { server, clock, room, client } = await setUpRoom();
    const reader = readRoom(room, { since: 0 });
    server.publish('lobby');
    const first = reader.next();
    await clock.advance(100);
    await first;
    for (const _ of upTo(2_500)) server.publish('lobby');
    await clock.advance(100);
    const seqs = collect(reader);
    await clock.advance(5_000);
    expect(seqs).toEqual(upTo(2_501, 2));
    client.close();
  });
});

function collect(reader: AsyncIterable<{ seq: number }>, onDone = () => {}): number[] {
  const seqs: number[] = [];
  void (async () => {
    for await (const { seq } of reader) seqs.push(seq);
    onDone();
  })();
  return seqs;
}
