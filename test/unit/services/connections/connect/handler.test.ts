import { describe, expect, it } from '@jest/globals';
import { createConnectHandler } from '../../../../../services/connections/connect/handler.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aConnectEvent, asUser } from '../../../../support/web-socket-events.ts';

function aHandler() {
  const chat = createInMemoryChat();
  return { chat, connect: createConnectHandler({ ...chat, log: chat.logger }) };
}

const C1 = { connectionId: 'c1=', connectedAt: NOON - 20 };

describe('connect', () => {
  it('keeps a row of the connection and joins no room by itself', async () => {
    const { chat, connect } = aHandler();

    expect(await connect(aConnectEvent({ ...C1, ...asUser('ada') }))).toEqual({ statusCode: 200 });
    expect(chat.connections.get('c1=')).toEqual({
      connectionId: 'c1=',
      userId: 'ada',
      connectedAt: NOON - 20,
    });
    expect(chat.calls.made).toEqual(['connections.add']);
    expect(chat.metrics.blobs).toEqual([{ opened: 1 }]);
  });

  it('joins the room that the query names, once the connection is known', async () => {
    const { chat, connect } = aHandler();
    const event = aConnectEvent({ ...C1, ...asUser('ada', ['lob*']), query: { roomId: 'lobby' } });

    expect(await connect(event)).toEqual({ statusCode: 200 });
    expect(chat.memberships.allOf('lobby')).toMatchObject([
      { connectionId: 'c1=', userId: 'ada', joinedAt: NOON, expiresAt: NOON - 20 + 7_800_000 },
    ]);
    expect(chat.calls.made).toEqual(['connections.add', 'rooms.read', 'memberships.join']);
  });

  it('joins the shard that the room is spread over', async () => {
    const { chat, connect } = aHandler();
    chat.rooms.put({ roomId: 'lobby', shardCount: 16 });
    await connect(aConnectEvent({ ...C1, query: { roomId: 'lobby' } }));

    expect(await chat.memberships.count('lobby', 16)).toBe(1);
  });

  it('refuses a malformed room id with 400, and keeps nothing', async () => {
    const { chat, connect } = aHandler();

    expect(await connect(aConnectEvent({ query: { roomId: 'a b' } }))).toEqual({ statusCode: 400 });
    expect(chat.calls.made).toEqual([]);
    expect(chat.metrics.blobs).toEqual([{ refused: 1 }]);
  });

  it('refuses a room that the token does not open with 403', async () => {
    const { chat, connect } = aHandler();
    const event = aConnectEvent({ ...asUser('ada', ['hall']), query: { roomId: 'lobby' } });

    expect(await connect(event)).toEqual({ statusCode: 403 });
    expect(chat.metrics.blobs).toEqual([{ refused: 1 }]);
    expect(chat.memberships.allOf('lobby')).toEqual([]);
  });

  it.each([
    ['selects its sub-protocol when it is offered', 'roomcast.v1', 'roomcast.v1'],
    ['selects it beside a token', 'bearer.eyJ, roomcast.v1', 'roomcast.v1'],
    ['selects none that it does not speak', 'roomcast.v2, chat', undefined],
  ])('%s', async (_title, offered, selected) => {
    const headers = { 'sec-websocket-protocol': offered };

    expect(await aHandler().connect(aConnectEvent({ headers }))).toEqual(
      selected === undefined
        ? { statusCode: 200 }
        : { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': selected } },
    );
  });

  it.each([['connections.add'], ['rooms.read'], ['memberships.join']])(
    'throws when %s fails, so that no socket opens half connected',
    async (call) => {
      const { chat, connect } = aHandler();
      chat.calls.failNext(call);

      await expect(connect(aConnectEvent({ query: { roomId: 'lobby' } }))).rejects.toThrow(call);
    },
  );
});
