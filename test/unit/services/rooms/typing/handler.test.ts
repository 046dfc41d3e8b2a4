import { describe, expect, it } from '@jest/globals';
import { createTypingHandler } from '../../../../../services/rooms/typing/handler.ts';
import { createTyping } from '../../../../../services/rooms/typing/typing.ts';
import { TYPING_MAX_MEMBERS } from '../../../../../shared/domain/limits.ts';
import { NO_ROOM } from '../../../../../shared/domain/ports.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { asUser, aWebSocketMessageEvent } from '../../../../support/web-socket-events.ts';

const NOTHING = { statusCode: 200 };
const ids = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

async function aHandler(...connectionIds: string[]) {
  const chat = createInMemoryChat();
  await chat.admit('lobby', ...connectionIds);
  const handle = createTypingHandler({ ...chat, tellTyping: createTyping(chat), log: chat.logger });
  return {
    chat,
    jobs: () => chat.queue.queued.map(({ job }) => job),
    type: (connectionId: string, frame: object = { roomId: 'lobby' }) =>
      handle(
        aWebSocketMessageEvent(
          { action: 'typing', id: 't-1', ...frame },
          { connectionId, ...asUser('ada') },
        ),
      ),
  };
}

describe('typing', () => {
  it('tells the others in the room, and not the connection that it comes from', async () => {
    const { chat, type, jobs } = await aHandler('c1', 'c2', 'c3');
    await chat.admit('hall', 'c4');
    chat.clock.advance(30);

    expect(await type('c2')).toEqual(NOTHING);
    expect(jobs()).toEqual([
      {
        roomId: 'lobby',
        frames: ['{"type":"typing","roomId":"lobby","userId":"ada"}'],
        connectionIds: ['c1', 'c3'],
        hops: 0,
        oldestReceivedAt: NOON,
        fannedOutAt: NOON + 30,
        ephemeral: true,
      },
    ]);
  });

  it('takes the user from the connection, whatever the frame claims', async () => {
    const { type, jobs } = await aHandler('c1', 'c2');
    await type('c1', { roomId: 'lobby', userId: 'mallory' });

    expect(JSON.parse(jobs()[0]?.frames[0] ?? '')).toMatchObject({ userId: 'ada' });
  });

  it('enqueues nothing where nobody else is', async () => {
    const { chat, type } = await aHandler('c1');
    await type('c1');

    expect(chat.calls.count('queue.send')).toBe(0);
  });

  it.each([
    ['as large as allowed', TYPING_MAX_MEMBERS, TYPING_MAX_MEMBERS - 1],
    ['one member larger', TYPING_MAX_MEMBERS + 1, 0],
    ['far larger', 10_000, 0],
  ])('in a room that is %s tells the right number', async (_, members, told) => {
    const { type, jobs } = await aHandler(...ids(members));
    await type('c0');

    expect(jobs().flatMap(({ connectionIds }) => connectionIds)).toHaveLength(told);
  });

  it('looks into every shard of the room', async () => {
    const { chat, type, jobs } = await aHandler();
    chat.rooms.put({ roomId: 'lobby', shardCount: 4 });
    await chat.admit('lobby', ...ids(20));
    await type('c0');

    expect(jobs()[0]?.connectionIds.toSorted()).toEqual(ids(20).slice(1).toSorted());
  });

  it.each([
    ['a stranger', 'stranger', { roomId: 'lobby' }, 'NOT_A_MEMBER'],
    ['a frame without a room', 'c1', {}, 'INVALID_FRAME'],
    ['a room id that would break a key', 'c1', { roomId: 'a#b' }, 'INVALID_FRAME'],
  ])('tells %s what is wrong, and nobody else', async (_, connectionId, frame, code) => {
    const { type, jobs } = await aHandler('c1', 'c2');

    expect(await type(connectionId, { roomId: undefined, ...frame })).toEqual(NOTHING);
    expect(jobs()).toMatchObject([
      { roomId: NO_ROOM, connectionIds: [connectionId], ephemeral: true },
    ]);
    expect(JSON.parse(jobs()[0]?.frames[0] ?? '')).toMatchObject({
      type: 'error',
      id: 't-1',
      code,
    });
  });

  it('says that it could not when the room is out of reach', async () => {
    const { chat, type, jobs } = await aHandler('c1', 'c2');
    chat.calls.failNext('memberships.membersUpTo');
    await type('c1');

    expect(jobs().map(({ connectionIds }) => connectionIds)).toEqual([['c1']]);
    expect(JSON.parse(jobs()[0]?.frames[0] ?? '')).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is lost without harm when the queue is out of reach', async () => {
    const { chat, type } = await aHandler('c1', 'c2');
    chat.calls.failNext('queue.send', 2);

    expect(await type('c1')).toEqual(NOTHING);
    expect(chat.logger.at('warn')).toEqual(['error frame was not sent']);
  });
});
