import { describe, expect, it } from '@jest/globals';
import { createPingHandler } from '../../../../../services/connections/ping/handler.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { bodyOf } from '../../../../support/replies.ts';
import { aWebSocketMessageEvent } from '../../../../support/web-socket-events.ts';

async function aHandler() {
  const chat = createInMemoryChat();
  const ping = createPingHandler({ ...chat, log: chat.logger });
  const ask = async (frame: object) =>
    bodyOf(
      await ping(aWebSocketMessageEvent({ action: 'ping', ...frame }, { connectionId: 'c1' })),
    );
  return { chat, ask };
}

describe('ping', () => {
  it('tells the time, and asks the tables for nothing', async () => {
    const { chat, ask } = await aHandler();

    expect(await ask({ id: 'p-1' })).toEqual({
      type: 'pong',
      id: 'p-1',
      time: '2026-11-16T12:00:00.000Z',
      heads: {},
    });
    expect(chat.calls.made).toEqual([]);
  });

  it('tells the heads of the rooms that the connection is in, and of no others', async () => {
    const { chat, ask } = await aHandler();
    await chat.admit('lobby', 'c1');
    await chat.admit('quiet', 'c1');
    await chat.admit('secret', 'c2');
    chat.rooms.put({ roomId: 'lobby', head: 17 });
    chat.rooms.put({ roomId: 'secret', head: 99 });

    expect((await ask({ rooms: { lobby: 15, quiet: 0, secret: 0 } })).heads).toEqual({
      lobby: 17,
      quiet: 0,
    });
  });

  it('reads no heads for a connection that is in none of the rooms', async () => {
    const { chat, ask } = await aHandler();

    expect((await ask({ rooms: { lobby: 1 } })).heads).toEqual({});
    expect(chat.calls.made).toEqual(['memberships.roomsOf']);
  });

  it('says that the client may try again when a table is out of reach', async () => {
    const { chat, ask } = await aHandler();
    chat.calls.failNext('memberships.roomsOf');

    expect(await ask({ rooms: { lobby: 1 } })).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
  });
});
