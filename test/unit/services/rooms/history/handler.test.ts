import { describe, expect, it } from '@jest/globals';
import {
  createGetHistoryHandler,
  createHistoryHandler,
} from '../../../../../services/rooms/history/handler.ts';
import { createReadHistory } from '../../../../../services/rooms/history/history.ts';
import { ANSWER_MAX_BYTES } from '../../../../../shared/domain/limits.ts';
import { fillRoom } from '../../../../support/fill-room.ts';
import { anHttpEvent } from '../../../../support/http-events.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { bodyOf, seqsOf } from '../../../../support/replies.ts';
import { aWebSocketMessageEvent } from '../../../../support/web-socket-events.ts';

async function aHandler(count = 120, text?: string) {
  const chat = createInMemoryChat();
  fillRoom(chat, 'lobby', count, text === undefined ? {} : { text });
  await chat.admit('lobby', 'c1');
  const dependencies = { ...chat, readHistory: createReadHistory(chat), log: chat.logger };
  const onSocket = createHistoryHandler(dependencies);
  const onHttp = createGetHistoryHandler(dependencies);
  return {
    chat,
    ask: (frame: object, connectionId = 'c1') =>
      onSocket(
        aWebSocketMessageEvent({ action: 'history', roomId: 'lobby', ...frame }, { connectionId }),
      ),
    get: (query: Record<string, string>, options: { rooms?: string; roomId?: string } = {}) => {
      const { roomId = 'lobby', ...rest } = options;
      return onHttp(anHttpEvent({ path: { roomId }, query, ...rest }));
    },
  };
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('history', () => {
  it.each([
    ['the newest page', {}, range(71, 120), true],
    ['a page before a position', { before: 71, limit: 3 }, [68, 69, 70], true],
    ['the first page', { before: 4, limit: 10 }, [1, 2, 3], false],
    ['a page after a position', { after: 5, limit: 3 }, [6, 7, 8], true],
    ['the last page', { after: 118, limit: 10 }, [119, 120], false],
    ['nothing after the head', { after: 120 }, [], false],
    ['nothing before the first', { before: 1 }, [], false],
  ])('reads %s', async (_title, query, seqs, more) => {
    const { ask, get } = await aHandler();
    const answer = await ask({ id: 'h-1', ...query });

    expect(seqsOf(answer)).toEqual(seqs);
    expect(bodyOf(answer)).toMatchObject({
      type: 'history',
      id: 'h-1',
      roomId: 'lobby',
      head: 120,
      more,
    });
    const asText = Object.entries(query).map(([name, value]) => [name, String(value)]);
    const response = await get(Object.fromEntries(asText));
    const { type: _, id: __, ...same } = bodyOf(answer);
    expect(response.statusCode).toBe(200);
    expect(bodyOf(response)).toEqual(same);
  });

  it.each([
    ['backward from the newest', {}, [114, 115, 116, 117, 118, 119, 120]],
    ['forward from a position', { after: 50 }, [51, 52, 53, 54, 55, 56, 57]],
  ])('cuts an answer from the far end when it reads %s', async (_title, query, seqs) => {
    const { ask } = await aHandler(120, '漢'.repeat(4_000));
    const answer = await ask(query);

    expect(seqsOf(answer)).toEqual(seqs);
    expect(bodyOf(answer).more).toBe(true);
    expect(Buffer.byteLength(answer.body)).toBeLessThanOrEqual(ANSWER_MAX_BYTES);
  });

  it('reads no more than a page of a long room', async () => {
    const { chat, ask } = await aHandler(2_000);
    await ask({});

    expect(chat.calls.count('log.readBackward')).toBe(1);
    expect(chat.calls.count('log.readForward')).toBe(0);
  });

  it('is for members', async () => {
    const { ask } = await aHandler();
    const answer = await ask({ id: 'h-1' }, 'stranger');

    expect(bodyOf(answer)).toMatchObject({ type: 'error', id: 'h-1', code: 'NOT_A_MEMBER' });
    expect(answer.body).not.toContain('message 1');
  });

  it('is for members only, even when the room cannot be read', async () => {
    const { chat, ask } = await aHandler();
    chat.calls.failNext('rooms.read');

    expect(bodyOf(await ask({}))).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });
});

describe('history over HTTP', () => {
  it.each([
    ['refuses a room that the token does not open', {}, { rooms: '["hall"]' }, 403, 'FORBIDDEN'],
    ['opens a room to a token for it', {}, { rooms: '["lob*"]' }, 200, undefined],
    ['names a bad parameter', { limit: '1000' }, {}, 400, 'INVALID_FRAME'],
    ['names a bad room id', {}, { roomId: 'a b' }, 400, 'INVALID_FRAME'],
  ])('%s', async (_title, query, options, statusCode, code) => {
    const { get } = await aHandler();
    const response = await get(query, options);

    expect(response.statusCode).toBe(statusCode);
    expect(bodyOf(response).code).toBe(code);
  });
});
