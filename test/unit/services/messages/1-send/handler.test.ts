import { describe, expect, it } from '@jest/globals';
import {
  createPutMessageHandler,
  createSendHandler,
} from '../../../../../services/messages/1-send/handler.ts';
import { createSend } from '../../../../../services/messages/1-send/send.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { anHttpEvent } from '../../../../support/http-events.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { bodyOf } from '../../../../support/replies.ts';
import { asUser, aWebSocketMessageEvent } from '../../../../support/web-socket-events.ts';

async function aHandler() {
  const chat = createInMemoryChat();
  await chat.admit('lobby', 'c1');
  const dependencies = { ...chat, send: createSend(chat), log: chat.logger };
  const onSocket = createSendHandler(dependencies);
  const onHttp = createPutMessageHandler(dependencies);
  return {
    chat,
    ask: async (frame: object, connectionId = 'c1') =>
      bodyOf(
        await onSocket(
          aWebSocketMessageEvent(
            { action: 'send', roomId: 'lobby', text: 'hello', ...frame },
            { connectionId, requestTimeEpoch: NOON - 15, ...asUser('ada') },
          ),
        ),
      ),
    put: (body: string, options: { clientMessageId?: string; rooms?: string } = {}) => {
      const { clientMessageId = 'c-1', ...rest } = options;
      const path = { roomId: 'lobby', clientMessageId };
      return onHttp(anHttpEvent({ path, body, userId: 'ada', ...rest }));
    },
  };
}

describe('send', () => {
  it('stores the message and acknowledges it with its number', async () => {
    const { chat, ask } = await aHandler();
    const data = { a: [1, null] };
    const answer = await ask({ id: 's-1', data, clientMessageId: 'c-1' });

    expect(answer).toEqual({
      type: 'sent',
      id: 's-1',
      roomId: 'lobby',
      seq: 1,
      messageId: answer.messageId,
      sentAt: '2026-11-16T12:00:00.000Z',
      clientMessageId: 'c-1',
      duplicate: false,
    });
    expect(chat.log.rowsOf('lobby')).toEqual([
      {
        entry: {
          kind: 'message',
          roomId: 'lobby',
          seq: 1,
          messageId: answer.messageId,
          userId: 'ada',
          text: 'hello',
          data: '{"a":[1,null]}',
          clientMessageId: 'c-1',
          receivedAt: NOON - 15,
          sentAt: NOON,
        },
        expiresAt: NOON + chat.retentionMs,
      },
    ]);
  });

  it('logs number and id of the message, by which it is followed, and not its text', async () => {
    const { chat, ask } = await aHandler();
    const { messageId } = await ask({ clientMessageId: 'c-1' });
    await ask({ clientMessageId: 'c-1' });

    const line = { roomId: 'lobby', seq: 1, messageId, receivedAt: NOON - 15 };
    expect(chat.logger.lines).toEqual([
      { level: 'info', message: 'stored', fields: { ...line, duplicate: false } },
      { level: 'info', message: 'stored', fields: { ...line, duplicate: true } },
    ]);
  });

  it('leaves out the client message id that it was not given', async () => {
    const { ask } = await aHandler();

    expect(await ask({})).not.toHaveProperty('clientMessageId');
  });

  it('believes the authorizer about the sender, whatever the frame says', async () => {
    const { chat, ask } = await aHandler();
    await ask({ userId: 'mallory', identity: { userId: 'mallory' }, seq: 99, sentAt: 0 });

    expect(chat.log.at('lobby', 1)?.entry).toMatchObject({ userId: 'ada', sentAt: NOON });
  });

  it('is for members, and takes no number for anybody else', async () => {
    const { chat, ask } = await aHandler();

    expect(await ask({ id: 's-1', clientMessageId: 'c-1' }, 'stranger')).toMatchObject({
      type: 'error',
      id: 's-1',
      code: 'NOT_A_MEMBER',
      retryable: false,
    });
    expect(chat.rooms.get('lobby').head).toBe(0);
  });

  it('does not tell a stranger about a message that was stored', async () => {
    const { ask } = await aHandler();
    await ask({ clientMessageId: 'c-1' });

    expect(await ask({ clientMessageId: 'c-1' }, 'stranger')).toMatchObject({
      code: 'NOT_A_MEMBER',
    });
  });

  it('refuses a message that fits every limit but no frame', async () => {
    const { chat, ask } = await aHandler();
    const control = '\u0001';
    const frame = { text: control.repeat(4_000), data: control.repeat(1_300) };

    expect(await ask(frame)).toMatchObject({ code: 'TOO_LARGE', retryable: false });
    expect(chat.calls.count('sequencer.next')).toBe(0);
  });

  it('names the field that is wrong', async () => {
    const { ask } = await aHandler();

    expect(await ask({ text: '' })).toMatchObject({ code: 'INVALID_FRAME' });
  });

  it('passes on that the client may try again', async () => {
    const { chat, ask } = await aHandler();
    chat.calls.failNext('sequencer.next');

    expect(await ask({ id: 's-1' })).toMatchObject({
      id: 's-1',
      code: 'UNAVAILABLE',
      retryable: true,
      retryAfterMs: 1_000,
    });
  });
});

describe('PUT of a message', () => {
  it('stores it under the client message id of its path, once', async () => {
    const { chat, put } = await aHandler();
    const first = await put('{"text":"hello","data":7}');
    const second = await put('{"text":"hello","data":7}');

    expect([first.statusCode, second.statusCode]).toEqual([201, 200]);
    expect(bodyOf(first)).toMatchObject({ seq: 1, duplicate: false });
    expect(bodyOf(second)).toEqual({ ...bodyOf(first), duplicate: true });
    expect(chat.metrics.blobs).toEqual([{ duplicates: 1 }]);
    expect(chat.log.rowsOf('lobby')).toHaveLength(1);
    expect(chat.log.at('lobby', 1)?.entry).toMatchObject({
      userId: 'ada',
      data: '7',
      clientMessageId: 'c-1',
    });
  });

  it('meets the message that was sent over a socket', async () => {
    const { ask, put } = await aHandler();
    const sent = await ask({ clientMessageId: 'c-1' });

    const response = await put('{"text":"hello"}');
    expect(response.statusCode).toBe(200);
    expect(bodyOf(response)).toMatchObject({ seq: sent.seq, messageId: sent.messageId });
  });

  it.each([
    ['no JSON', 'hello', {}, 400, 'BAD_JSON'],
    ['no text', '{}', {}, 400, 'INVALID_FRAME'],
    [
      'a bad client message id',
      '{"text":"x"}',
      { clientMessageId: 'c'.repeat(65) },
      400,
      'INVALID_FRAME',
    ],
    ['a room that the token does not open', '{"text":"x"}', { rooms: '[]' }, 403, 'FORBIDDEN'],
    [
      'too much',
      JSON.stringify({ text: '\u0001'.repeat(4_000), data: '漢'.repeat(2_700) }),
      {},
      413,
      'TOO_LARGE',
    ],
  ])('refuses %s', async (_title, body, options, statusCode, code) => {
    const { chat, put } = await aHandler();
    const response = await put(body, options);

    expect(response.statusCode).toBe(statusCode);
    expect(bodyOf(response).code).toBe(code);
    expect(chat.rooms.get('lobby').head).toBe(0);
  });
});
