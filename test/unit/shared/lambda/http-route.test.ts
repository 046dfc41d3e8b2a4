import { describe, expect, it } from '@jest/globals';
import { ChatError, type ErrorCode } from '../../../../shared/domain/errors.ts';
import { createHttpRoute, type HttpRequest } from '../../../../shared/lambda/http-route.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { anHttpEvent } from '../../../support/http-events.ts';
import { bodyOf } from '../../../support/replies.ts';
import { aTelemetry } from '../../../support/telemetry.ts';

async function requestSeen(event: unknown): Promise<HttpRequest | undefined> {
  const seen: HttpRequest[] = [];
  const route = createHttpRoute(aTelemetry(), async (request) => {
    seen.push(request);
    return { statusCode: 200, body: {} };
  });
  await route(event);
  return seen[0];
}

describe('an HTTP route', () => {
  it('answers with the status and the body as JSON', async () => {
    const body = { seq: 1 };
    const route = createHttpRoute(aTelemetry(), async () => ({ statusCode: 201, body }));

    expect(await route(anHttpEvent())).toEqual({
      statusCode: 201,
      headers: { 'content-type': 'application/json' },
      body: '{"seq":1}',
    });
  });

  it.each<[ErrorCode, number]>([
    ['BAD_JSON', 400],
    ['INVALID_FRAME', 400],
    ['FORBIDDEN', 403],
    ['NOT_A_MEMBER', 403],
    ['ROOM_FULL', 403],
    ['UNKNOWN_ACTION', 404],
    ['TOO_LARGE', 413],
    ['RATE_LIMITED', 429],
    ['CONFLICT', 503],
    ['UNAVAILABLE', 503],
    ['INTERNAL', 503],
  ])('answers %s with %s', async (code, statusCode) => {
    const refusal = new ChatError(code, 'No.', { retryAfterMs: 1_200 });
    const response = await createHttpRoute(aTelemetry(), () => Promise.reject(refusal))(
      anHttpEvent(),
    );

    expect(response.statusCode).toBe(statusCode);
    expect(bodyOf(response)).toEqual({ code, message: 'No.' });
    expect(response.headers['retry-after']).toBe('2');
  });

  it.each([
    [new ChatError('FORBIDDEN', 'No.'), 'refused'],
    [new ChatError('UNAVAILABLE', 'Later.', { retryAfterMs: 1_000 }), 'overloaded'],
    [new Error('out of order'), 'failed'],
  ])('counts %s as %s', async (error, metric) => {
    const telemetry = aTelemetry();
    await createHttpRoute(telemetry, () => Promise.reject(error))(anHttpEvent());

    expect(telemetry.metrics.blobs).toEqual([{ [metric]: 1 }]);
  });

  it('tells the log everything and the client nothing about an unknown error', async () => {
    const telemetry = aTelemetry();
    const error = new Error('table Rooms-1234 does not exist');
    const response = await createHttpRoute(telemetry, () => Promise.reject(error))(anHttpEvent());

    expect(response.statusCode).toBe(503);
    expect(response.body).not.toContain('Rooms-1234');
    expect(telemetry.log.lines).toMatchObject([{ level: 'error', fields: { error } }]);
  });

  it('answers an event without an identity with an error, and logs it', async () => {
    const telemetry = aTelemetry();
    const event = { ...anHttpEvent(), requestContext: { timeEpoch: NOON } };
    const response = await createHttpRoute(telemetry, async () => ({ statusCode: 200, body: {} }))(
      event,
    );

    expect(response.statusCode).toBe(503);
    expect(telemetry.log.at('error')).toHaveLength(1);
  });

  it('hands over path, query, body, time and identity', async () => {
    const event = anHttpEvent({
      path: { roomId: 'lobby' },
      query: { limit: '5' },
      body: '{"text":"héllo"}',
      userId: 'bob',
      rooms: '["lobby"]',
    });

    expect(await requestSeen(event)).toEqual({
      identity: { userId: 'bob', rooms: ['lobby'] },
      requestedAt: NOON,
      path: { roomId: 'lobby' },
      query: { limit: '5' },
      body: '{"text":"héllo"}',
    });
  });

  it('takes what is absent for empty', async () => {
    expect(await requestSeen(anHttpEvent())).toMatchObject({ path: {}, query: {}, body: '' });
  });

  it('reads a body in base64', async () => {
    const body = Buffer.from('{"text":"😀"}').toString('base64');

    expect((await requestSeen(anHttpEvent({ body, isBase64Encoded: true })))?.body).toBe(
      '{"text":"😀"}',
    );
  });
});
