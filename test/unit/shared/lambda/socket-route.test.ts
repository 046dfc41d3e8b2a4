import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { ChatError } from '../../../../shared/domain/errors.ts';
import { createSocketRoute } from '../../../../shared/lambda/socket-route.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { bodyOf } from '../../../support/replies.ts';
import { aTelemetry } from '../../../support/telemetry.ts';
import { asUser, aWebSocketMessageEvent } from '../../../support/web-socket-events.ts';

const schema = z.object({ id: z.string().optional(), roomId: z.string() });

function aRoute(fail?: unknown) {
  const telemetry = aTelemetry();
  const route = createSocketRoute(schema, telemetry, async ({ roomId }) => {
    if (fail !== undefined) throw fail;
    return { type: 'left', roomId };
  });
  return {
    ...telemetry,
    ask: async (frame: unknown) => bodyOf(await route(aWebSocketMessageEvent(frame))),
  };
}

describe('a socket route', () => {
  it('answers with the reply and echoes the id', async () => {
    expect(await aRoute().ask({ id: 'r-1', roomId: 'lobby' })).toEqual({
      type: 'left',
      id: 'r-1',
      roomId: 'lobby',
    });
  });

  it('answers without an id where there was none', async () => {
    expect(await aRoute().ask({ roomId: 'lobby' })).toEqual({ type: 'left', roomId: 'lobby' });
  });

  it.each([['{"roomId":'], [''], ['hello']])('answers BAD_JSON to %j', async (body) => {
    expect(await aRoute().ask(body)).toEqual({
      type: 'error',
      code: 'BAD_JSON',
      message: 'The frame is not JSON.',
      retryable: false,
    });
  });

  it.each([
    ['a missing field', { id: 'r-1' }, 'roomId is missing', 'r-1'],
    ['an id of the wrong type', { id: 7, roomId: 'lobby' }, 'id:', undefined],
    ['a frame that is no object', 'null', 'frame:', undefined],
    ['a frame that is a list', '[]', 'frame:', undefined],
  ])('names the field and echoes the id for %s', async (_title, frame, message, id) => {
    const answer = await aRoute().ask(frame);

    expect(answer).toMatchObject({ type: 'error', code: 'INVALID_FRAME', retryable: false });
    expect(answer.message).toContain(message);
    expect(answer.id).toBe(id);
  });

  it('passes a refusal on as it is, with the wait', async () => {
    const refusal = new ChatError('RATE_LIMITED', 'Slower.', { retryAfterMs: 250 });
    const { ask, log } = aRoute(refusal);

    expect(await ask({ id: 'r-1', roomId: 'lobby' })).toEqual({
      type: 'error',
      id: 'r-1',
      code: 'RATE_LIMITED',
      message: 'Slower.',
      retryable: true,
      retryAfterMs: 250,
    });
    expect(log.lines).toEqual([]);
  });

  it.each([
    ['an error', new Error('table Rooms-1234 does not exist')],
    ['something that is no error', 'table Rooms-1234'],
  ])('tells the log everything and the client nothing about %s', async (_title, failure) => {
    const { ask, log } = aRoute(failure);
    const answer = await ask({ id: 'r-1', roomId: 'lobby' });

    expect(answer).toMatchObject({ id: 'r-1', code: 'INTERNAL', retryable: true });
    expect(JSON.stringify(answer)).not.toContain('Rooms-1234');
    expect(log.lines).toMatchObject([{ level: 'error', fields: { error: failure } }]);
  });

  it.each([
    ['no error', undefined, []],
    ['a refusal', new ChatError('NOT_A_MEMBER', 'Join first.'), [{ refused: 1 }]],
    ['an overload', new ChatError('RATE_LIMITED', 'No.', { retryAfterMs: 1 }), [{ overloaded: 1 }]],
    ['an accident', new Error('out of order'), [{ failed: 1 }]],
    ['an accident that calls itself so', new ChatError('INTERNAL', 'Oh.'), [{ failed: 1 }]],
  ])('counts %s for operators', async (_title, failure, blobs) => {
    const { ask, metrics } = aRoute(failure);
    await ask({ roomId: 'lobby' });

    expect(metrics.blobs).toEqual(blobs);
  });

  it('says 200 whatever happened, for any other status would hide the answer', async () => {
    const route = createSocketRoute(schema, aTelemetry(), () => Promise.reject('no'));

    expect((await route(aWebSocketMessageEvent({ roomId: 'lobby' }))).statusCode).toBe(200);
  });

  it('hands over who is asking, as the authorizer and the gateway say', async () => {
    const seen: unknown[] = [];
    const route = createSocketRoute(schema, aTelemetry(), async ({ roomId }, context) => {
      seen.push(context);
      return { type: 'left', roomId };
    });
    const options = { connectionId: 'abc=', connectedAt: NOON - 5, ...asUser('bob', ['lobby']) };
    await route(aWebSocketMessageEvent({ roomId: 'lobby', userId: 'mallory' }, options));

    expect(seen).toEqual([
      {
        connectionId: 'abc=',
        connectedAt: NOON - 5,
        requestedAt: NOON,
        sourceIp: '203.0.113.7',
        userAgent: 'Mozilla/5.0',
        identity: { userId: 'bob', rooms: ['lobby'] },
      },
    ]);
  });

  it('throws for an event without an identity: that is a fault of the deployment', async () => {
    const route = createSocketRoute(schema, aTelemetry(), async () => ({
      type: 'left',
      roomId: 'lobby',
    }));

    await expect(
      route(aWebSocketMessageEvent({ roomId: 'lobby' }, { authorizer: {} })),
    ).rejects.toThrow();
  });
});
