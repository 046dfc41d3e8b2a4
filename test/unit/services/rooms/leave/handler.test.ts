import { describe, expect, it } from '@jest/globals';
import { createLeaveHandler } from '../../../../../services/rooms/leave/handler.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { bodyOf } from '../../../../support/replies.ts';
import { aWebSocketMessageEvent } from '../../../../support/web-socket-events.ts';

async function aHandler() {
  const chat = createInMemoryChat();
  await chat.admit('lobby', 'c1', 'c2');
  await chat.admit('hall', 'c1');
  const leave = createLeaveHandler({ ...chat, log: chat.logger });
  const frame = { action: 'leave', id: 'l-1', roomId: 'lobby' };
  const ask = async () =>
    bodyOf(await leave(aWebSocketMessageEvent(frame, { connectionId: 'c1' })));
  return { chat, ask };
}

describe('leave', () => {
  it('ends this membership and no other', async () => {
    const { chat, ask } = await aHandler();

    expect(await ask()).toEqual({ type: 'left', id: 'l-1', roomId: 'lobby' });
    expect(chat.memberships.allOf('lobby')).toMatchObject([{ connectionId: 'c2' }]);
    expect(chat.memberships.allOf('hall')).toHaveLength(1);
  });

  it('is not an error in a room that one is not in', async () => {
    const { ask } = await aHandler();
    await ask();

    expect(await ask()).toMatchObject({ type: 'left' });
  });

  it('does not say left when it could not leave', async () => {
    const { chat, ask } = await aHandler();
    chat.calls.failNext('memberships.leave');

    expect(await ask()).toMatchObject({ type: 'error', code: 'UNAVAILABLE', retryable: true });
  });
});
