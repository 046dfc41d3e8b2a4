import { describe, expect, it } from '@jest/globals';
import {
  createGetPresenceHandler,
  createPresenceHandler,
} from '../../../../../services/rooms/presence/handler.ts';
import { createReadPresence } from '../../../../../services/rooms/presence/presence.ts';
import { anHttpEvent } from '../../../../support/http-events.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { bodyOf } from '../../../../support/replies.ts';
import { aWebSocketMessageEvent } from '../../../../support/web-socket-events.ts';

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `c${String(count - index).padStart(4, '0')}`);

async function aHandler(...connectionIds: string[]) {
  const chat = createInMemoryChat();
  await chat.admit('lobby', ...connectionIds);
  const dependencies = { ...chat, readPresence: createReadPresence(chat), log: chat.logger };
  const onSocket = createPresenceHandler(dependencies);
  const onHttp = createGetPresenceHandler(dependencies);
  const frame = { action: 'presence', id: 'p-1', roomId: 'lobby' };
  return {
    chat,
    ask: async (connectionId: string) =>
      bodyOf(await onSocket(aWebSocketMessageEvent(frame, { connectionId }))),
    get: (rooms?: string) =>
      onHttp(anHttpEvent({ path: { roomId: 'lobby' }, ...(rooms === undefined ? {} : { rooms }) })),
  };
}

describe('presence', () => {
  it('says who is in the room, sorted', async () => {
    const { ask } = await aHandler('c2', 'c1');

    expect(await ask('c1')).toEqual({
      type: 'presence',
      id: 'p-1',
      roomId: 'lobby',
      count: 2,
      users: ['user-of-c1', 'user-of-c2'],
    });
  });

  it('lists a user with two connections once, and counts both', async () => {
    const { chat, ask } = await aHandler('c1');
    const times = { joinedAt: 0, expiresAt: chat.clock.now() + 1 };
    const again = { connectionId: 'c9', roomId: 'lobby', userId: 'user-of-c1', ...times };
    await chat.memberships.join(again, 1);

    expect(await ask('c1')).toMatchObject({ count: 2, users: ['user-of-c1'] });
  });

  it('counts everybody and lists the first two hundred', async () => {
    const { get } = await aHandler(...names(1_500));
    const { count, users } = bodyOf(await get()) as { count: number; users: string[] };

    expect(count).toBe(1_500);
    expect(users).toHaveLength(200);
    expect(users.at(0)).toBe('user-of-c0001');
    expect(users.at(-1)).toBe('user-of-c0200');
  });

  it('looks into every shard of the room', async () => {
    const { chat, get } = await aHandler();
    chat.rooms.put({ roomId: 'lobby', shardCount: 8 });
    await chat.admit('lobby', ...names(40));

    expect(bodyOf(await get())).toMatchObject({ count: 40 });
  });

  it('does not see memberships that have expired', async () => {
    const { chat, ask } = await aHandler('c1');
    chat.clock.advance(3 * 60 * 60 * 1000);
    await chat.admit('lobby', 'c2');

    expect(await ask('c2')).toMatchObject({ count: 1, users: ['user-of-c2'] });
  });

  it('is for members', async () => {
    const { ask } = await aHandler('c1');

    expect(await ask('stranger')).toMatchObject({ code: 'NOT_A_MEMBER' });
  });

  it('is for whoever has the right to the room over HTTP', async () => {
    const { get } = await aHandler('c1');

    expect((await get('["lobby"]')).statusCode).toBe(200);
    const refused = await get('["hall"]');
    expect(refused.statusCode).toBe(403);
    expect(refused.body).not.toContain('user-of-c1');
  });
});
