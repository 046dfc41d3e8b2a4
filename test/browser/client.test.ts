/**
 * The client library on a real platform: the same cases run here in Node and, bundled by
 * `npm run test:browser`, in Chromium. So they use nothing that either of the two does not have.
 */

import { afterEach, describe, expect, it } from '@jest/globals';
import { history } from '../../client/history.ts';
import { ChatClientError } from '../../client/index.ts';
import { presence } from '../../client/presence.ts';
import { readRoom } from '../../client/read-room.ts';
import { ready } from '../../client/ready.ts';
import { typing } from '../../client/typing.ts';
import { createVisitors, eventOf, freshRoom, textsUntil } from './visitors.ts';

const { visit, leave } = createVisitors();
afterEach(leave);

/** Ann and ben, live in a room of their own. */
async function meet(options: Parameters<typeof visit>[1] = {}) {
  const roomId = freshRoom();
  const [ann, ben] = [visit('ann'), visit('ben', options)];
  const rooms = { ofAnn: ann.client.room(roomId), ofBen: ben.client.room(roomId) };
  await Promise.all([ann.client.connect(), ben.client.connect()]);
  await Promise.all([ready(rooms.ofAnn), ready(rooms.ofBen)]);
  return { roomId, ann, ben, ...rooms };
}

const texts = (count: number) => Array.from({ length: count }, (_, index) => `text ${index + 1}`);

describe('the client library', () => {
  it('connects, and tells the states of the connection', async () => {
    const { client } = visit('ann');
    const states: string[] = [];
    client.on('state', ({ state }) => states.push(state));
    await client.connect();
    client.close();
    expect(states).toEqual(['connecting', 'open', 'closed']);
  });

  it('delivers what is sent to everybody, once and in order', async () => {
    const { ofAnn, ofBen } = await meet();
    const received = [textsUntil(ofAnn, 'text 20'), textsUntil(ofBen, 'text 20')];
    const sent = await Promise.all(texts(20).map((text) => ofAnn.send(text)));
    expect(sent.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(await Promise.all(received)).toEqual([texts(20), texts(20)]);
  });

  it('carries any text and data', async () => {
    const { ofAnn, ofBen } = await meet();
    const text = 'naïve 日本語 👩‍👩‍👧 \u2028 "quoted" \\ <b>';
    const data = { list: [1, null, { deep: true }], empty: '' };
    const received = new Promise((resolve) => {
      ofBen.on('message', (message) => resolve({ text: message.text, data: message.data }));
    });
    await ofAnn.send(text, { data });
    expect(await received).toEqual({ text, data });
  });

  it('stores once what is sent again under the same id', async () => {
    const { ofAnn } = await meet();
    const first = await ofAnn.send('hello', { clientMessageId: 'one' });
    const second = await ofAnn.send('hello', { clientMessageId: 'one' });
    expect(first.duplicate).toBe(false);
    expect(second).toEqual({ ...first, duplicate: true });
  });

  it('rejects with a typed error what the server refuses', async () => {
    const { ofAnn } = await meet();
    const error = await ofAnn.send('').catch((cause: unknown) => cause);
    expect(error instanceof ChatClientError && [error.code, error.retryable]).toEqual([
      'INVALID_FRAME',
      false,
    ]);
  });

  it('pages through history, and joins it to what comes live', async () => {
    const { ofAnn, ofBen } = await meet();
    const isDelivered = textsUntil(ofAnn, 'text 5');
    for (const text of texts(5)) await ofAnn.send(text);
    await isDelivered;
    const newest = await history(ofAnn, { limit: 2 });
    const earlier = await history(ofAnn, { before: newest.before ?? 0, limit: 10 });
    expect([earlier, newest].map(({ messages }) => messages.map(({ seq }) => seq))).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(earlier.before).toBe(undefined);

    const read: string[] = [];
    for await (const { text } of readRoom(ofBen, { since: 0 })) {
      read.push(text);
      if (text === 'text 5') void ofAnn.send('live');
      if (text === 'live') break;
    }
    expect(read).toEqual([...texts(5), 'live']);
  });

  it('resumes after a cut: what was missed comes first, once and in order', async () => {
    const { ann, ben, ofAnn, ofBen } = await meet();
    const received = textsUntil(ofBen, 'after');
    await ofAnn.send('before');
    const isOffline = eventOf(ofBen, 'state', ({ state }) => state === 'offline');
    ben.cut();
    await isOffline;
    for (const text of texts(3)) await ofAnn.send(text);
    const fromOffline = ofBen.send('from offline');
    const isBack = ready(ofBen);
    ben.mend();
    await Promise.all([fromOffline, isBack]);
    await ofAnn.send('after');
    expect(await received).toEqual(['before', ...texts(3), 'from offline', 'after']);
    expect(ben.sent.filter((action) => action === 'resume')).toEqual(['resume']);
    expect(ann.sockets.length).toBe(1);
  });

  it('stores and delivers once what was under way when the connection was cut', async () => {
    const { ben, ofAnn, ofBen } = await meet();
    const received = [textsUntil(ofAnn, 'after'), textsUntil(ofBen, 'after')];
    const isOffline = eventOf(ofBen, 'state', ({ state }) => state === 'offline');
    const underWay = ofBen.send('under way');
    ben.cut();
    await isOffline;
    ben.mend();
    await underWay;
    await ofAnn.send('after');
    expect(await Promise.all(received)).toEqual([
      ['under way', 'after'],
      ['under way', 'after'],
    ]);
  });

  it('sends again what was not acknowledged: stored once, under the number of the first attempt', async () => {
    const { ben, ofAnn, ofBen } = await meet({ requestTimeoutMs: 1_000 });
    const received = textsUntil(ofAnn, 'after');
    // The push of the own message would be an acknowledgement as well.
    ben.lose(({ type, duplicate }) => type === 'messages' || duplicate === false);
    const sent = await ofBen.send('once');
    expect(sent.duplicate).toBe(true);
    expect(ben.sent.filter((action) => action === 'send').length >= 2).toBe(true);
    await ofAnn.send('after');
    expect(await received).toEqual(['once', 'after']);
  });

  it('replaces an ageing connection, make before break', async () => {
    const { ben, ofAnn, ofBen } = await meet({ maxAgeMs: 1_500 });
    const states: string[] = [];
    ofBen.on('state', ({ state }) => states.push(state));
    const received = textsUntil(ofBen, 'last');
    const expected: string[] = [];
    while (ben.sockets.length < 3) {
      expected.push(`text ${expected.length + 1}`);
      await ofAnn.send(`text ${expected.length}`);
    }
    await ofAnn.send('last');
    expect(await received).toEqual([...expected, 'last']);
    expect(states).toEqual([]);
  });

  it('keeps two rooms of one connection apart', async () => {
    const { ann, ofAnn, ofBen } = await meet();
    const otherId = freshRoom();
    const other = ann.client.room(otherId);
    await ready(other);
    const received = [textsUntil(ofBen, 'end'), textsUntil(other, 'end')];
    for (const text of texts(5)) {
      await Promise.all([ofAnn.send(text), other.send(`other ${text}`)]);
    }
    await Promise.all([ofAnn.send('end'), other.send('end')]);
    expect(await Promise.all(received)).toEqual([
      [...texts(5), 'end'],
      [...texts(5).map((text) => `other ${text}`), 'end'],
    ]);
    expect(ann.sockets.length).toBe(1);
  });

  it('tells who is there, who comes and goes, and who types', async () => {
    const { ann, ofAnn, ofBen, roomId } = await meet();
    expect(await presence(ofAnn)).toEqual({ count: 2, users: ['ann', 'ben'] });

    const isTyping = eventOf(ofBen, 'typing', () => true);
    typing(ofAnn);
    expect(await isTyping).toEqual({ userId: 'ann' });

    const hasCome = eventOf(ofBen, 'presence', ({ joined }) => joined.includes('cid'));
    const cid = visit('cid');
    cid.client.room(roomId);
    await cid.client.connect();
    expect((await hasCome).count).toBe(3);
    const hasGone = eventOf(ofBen, 'presence', ({ left }) => left.includes('cid'));
    cid.client.close();
    await hasGone;
    ann.client.close();
  });

  it('leaves no timer and no socket after close(), and goes on where it was with connect()', async () => {
    const { ben, ofAnn, ofBen } = await meet();
    const received = textsUntil(ofBen, 'after');
    await ofAnn.send('before');
    await ofBen.send('mine');
    ben.client.close();
    expect(ben.timers).toBe(0);
    expect(ben.sockets.every(({ readyState }) => readyState >= WebSocket.CLOSING)).toBe(true);
    const refused = await ofBen.send('closed').catch(({ code }: ChatClientError) => code);
    expect(refused).toBe('CLOSED');
    await ofAnn.send('missed');
    await ben.client.connect();
    await ready(ofBen);
    await ofAnn.send('after');
    expect(await received).toEqual(['before', 'mine', 'missed', 'after']);
  });
});
