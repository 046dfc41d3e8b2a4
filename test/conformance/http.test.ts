import { afterEach, describe, expect, it } from '@jest/globals';
import { createEntrance, fresh, httpOrigin } from './chat.ts';

const { enter, leaveAll } = createEntrance();
afterEach(leaveAll);

async function call(method: string, path: string, body?: unknown) {
  const separator = path.includes('?') ? '&' : '?';
  const response = await fetch(`${httpOrigin()}${path}${separator}userId=bob`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

describe('HTTP', () => {
  it('puts a message that reaches the sockets of the room, and putting it again changes nothing', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    const path = `/api/rooms/${room}/messages/${encodeURIComponent('a/b 1')}`;
    const first = await call('PUT', path, { text: 'over http', data: { by: 'bot' } });
    expect(first).toMatchObject({ status: 201, body: { seq: 1, duplicate: false } });
    const [pushed] = await ann.messages(room, 1);
    expect(pushed).toMatchObject({
      userId: 'bob',
      text: 'over http',
      data: { by: 'bot' },
      clientMessageId: 'a/b 1',
    });

    const again = await call('PUT', path, { text: 'something else' });
    expect(again).toMatchObject({
      status: 200,
      body: { ...(first.body as object), duplicate: true },
    });
    await ann.request({ action: 'send', roomId: room, text: 'next' });
    expect((await ann.messages(room, 2)).map(({ text }) => text)).toEqual(['over http', 'next']);
  });

  it('gives the page of history that the sockets saw', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    for (const text of ['one', 'two', 'three'])
      await ann.request({ action: 'send', roomId: room, text });
    const pushed = await ann.messages(room, 3);
    const { status, body } = await call('GET', `/api/rooms/${room}/messages?limit=2&after=1`);
    expect(status).toBe(200);
    expect(body).toEqual({ roomId: room, messages: pushed.slice(1), head: 3, more: false });
  });

  it('tells who is present', async () => {
    const room = fresh('room');
    await enter('ann', room);
    const { status, body } = await call('GET', `/api/rooms/${room}/presence`);
    expect({ status, body }).toEqual({ status: 200, body: { count: 1, users: ['ann'] } });
  });

  it('answers health to anybody', async () => {
    const response = await fetch(`${httpOrigin()}/api/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'ok', version: expect.any(String) });
  });

  it('wants to know who is asking', async () => {
    const response = await fetch(`${httpOrigin()}/api/rooms/a/presence`);
    expect(response.status).toBe(401);
  });

  it.each([
    {
      description: 'a body that is not JSON',
      method: 'PUT',
      path: '/api/rooms/a/messages/1',
      body: '{',
      status: 400,
      code: 'BAD_JSON',
    },
    {
      description: 'a body without text',
      method: 'PUT',
      path: '/api/rooms/a/messages/1',
      body: {},
      status: 400,
      code: 'INVALID_FRAME',
    },
    {
      description: 'a malformed room id',
      method: 'GET',
      path: '/api/rooms/a%20b/messages',
      body: undefined,
      status: 400,
      code: 'INVALID_FRAME',
    },
    {
      description: 'a limit of 0',
      method: 'GET',
      path: '/api/rooms/a/messages?limit=0',
      body: undefined,
      status: 400,
      code: 'INVALID_FRAME',
    },
    {
      description: 'a message that fits no frame',
      method: 'PUT',
      path: '/api/rooms/a/messages/1',
      body: { text: '\u0001'.repeat(4_000), data: 'x'.repeat(8_000) },
      status: 413,
      code: 'TOO_LARGE',
    },
  ])('answers $description with $status $code', async ({ method, path, body, status, code }) => {
    expect(await call(method, path, body)).toMatchObject({ status, body: { code } });
  });

  it('answers 404 to what it does not know', async () => {
    expect((await call('GET', '/api/nothing')).status).toBe(404);
  });
});
