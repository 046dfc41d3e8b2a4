import { afterEach, describe, expect, it } from '@jest/globals';
import { createEntrance, fresh } from './chat.ts';

const { enter, leaveAll } = createEntrance();
afterEach(leaveAll);

const texts = (messages: { text?: string }[]) => messages.map(({ text }) => text);

describe('talking in rooms', () => {
  it('delivers to every member what any member sends, the sender included, with consecutive numbers', async () => {
    const room = fresh('room');
    const [ann, ben] = await Promise.all([enter('ann', room), enter('ben', room)]);
    await ann.request({ action: 'send', roomId: room, text: 'from ann' });
    await ben.request({ action: 'send', roomId: room, text: 'from ben' });

    for (const member of [ann, ben]) {
      const messages = await member.messages(room, 2);
      expect(texts(messages)).toEqual(['from ann', 'from ben']);
      expect(messages.map(({ seq }) => seq)).toEqual([1, 2]);
      expect(messages.map(({ userId }) => userId)).toEqual(['ann', 'ben']);
    }
  });

  it('keeps two rooms apart, and serves a connection that is in both', async () => {
    const [red, blue] = [fresh('red'), fresh('blue')];
    const [ann, ben, both] = await Promise.all([
      enter('ann', red),
      enter('ben', blue),
      enter('cat'),
    ]);
    await both.request({ action: 'join', roomId: red });
    await both.request({ action: 'join', roomId: blue });

    await ann.request({ action: 'send', roomId: red, text: 'in red' });
    await both.messages(red, 1);
    await ben.request({ action: 'send', roomId: blue, text: 'in blue' });
    await both.messages(blue, 1);

    expect(texts(await ann.messages(red, 1))).toEqual(['in red']);
    expect(texts(await ben.messages(blue, 1))).toEqual(['in blue']);
    expect(ann.messagesOf(blue)).toEqual([]);
    expect(ben.messagesOf(red)).toEqual([]);
  });

  it('tells a stranger nothing', async () => {
    const [room, elsewhere] = [fresh('room'), fresh('elsewhere')];
    const [ann, stranger] = await Promise.all([enter('ann', room), enter('eve', elsewhere)]);
    await ann.request({ action: 'send', roomId: room, text: 'private' });
    await ann.messages(room, 1);
    await stranger.request({ action: 'send', roomId: elsewhere, text: 'alone' });
    await stranger.messages(elsewhere, 1);
    expect(stranger.frames.filter(({ type }) => type === 'messages')).toHaveLength(1);
  });

  it('stops delivering after leave', async () => {
    const room = fresh('room');
    const [ann, ben] = await Promise.all([enter('ann', room), enter('ben', room)]);
    expect(await ben.request({ action: 'leave', roomId: room })).toMatchObject({
      type: 'left',
      roomId: room,
    });
    await ann.request({ action: 'send', roomId: room, text: 'after ben left' });
    await ann.messages(room, 1);
    expect(await ben.request({ action: 'send', roomId: room, text: 'x' })).toMatchObject({
      code: 'NOT_A_MEMBER',
    });
    expect(ben.messagesOf(room)).toEqual([]);
  });

  it('stores a repeated clientMessageId once and answers every attempt with the same number', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    const send = { action: 'send', roomId: room, text: 'once', clientMessageId: 'same' };
    const replies = await Promise.all(Array.from({ length: 10 }, () => ann.request(send)));
    expect(new Set(replies.map(({ seq }) => seq)).size).toBe(1);
    expect(new Set(replies.map(({ messageId }) => messageId)).size).toBe(1);
    expect(replies.filter(({ duplicate }) => duplicate === false)).toHaveLength(1);
    const history = await ann.request({ action: 'history', roomId: room });
    const stored = history.messages as { kind?: string; text?: string }[];
    expect(stored.filter(({ kind }) => kind !== 'void')).toHaveLength(1);
  });

  it('takes the sender from the connection, whatever a frame claims', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    await ann.request({ action: 'send', roomId: room, text: 'hello', userId: 'mallory' });
    const [message] = await ann.messages(room, 1);
    expect(message?.userId).toBe('ann');
  });

  it('carries data and text of any script unchanged', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    const text = 'Grüße 你好 안녕 😀 "quoted" \\ \u0000 \uFFFF line\nbreak';
    const data = { list: [1, 2.5, null, true], nested: { text } };
    await ann.request({ action: 'send', roomId: room, text, data });
    const [message] = await ann.messages(room, 1);
    expect(message).toMatchObject({ text, data });
  });
});

describe('presence', () => {
  it('counts connections and lists users once, sorted', async () => {
    const room = fresh('room');
    const [, , ann] = await Promise.all([
      enter('zoe', room),
      enter('ann', room),
      enter('ann', room),
    ]);
    expect(await ann.request({ action: 'presence', roomId: room })).toMatchObject({
      type: 'presence',
      count: 3,
      users: ['ann', 'zoe'],
    });
  });

  it('forgets a connection that closed', async () => {
    const room = fresh('room');
    const [ann, ben] = await Promise.all([enter('ann', room), enter('ben', room)]);
    ben.close();
    await ben.closed;
    let presence = await ann.request({ action: 'presence', roomId: room });
    while (presence.count !== 1) presence = await ann.request({ action: 'presence', roomId: room });
    expect(presence.users).toEqual(['ann']);
  });
});
