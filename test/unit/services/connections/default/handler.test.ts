import { describe, expect, it } from '@jest/globals';
import { createDefaultHandler } from '../../../../../services/connections/default/handler.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { bodyOf } from '../../../../support/replies.ts';
import { aTelemetry } from '../../../../support/telemetry.ts';
import { aWebSocketMessageEvent } from '../../../../support/web-socket-events.ts';

const ask = async (frame: unknown, telemetry = aTelemetry()) =>
  bodyOf(
    await createDefaultHandler(telemetry)(
      aWebSocketMessageEvent(frame, { connectionId: 'c1=', connectedAt: NOON - 1_000 }),
    ),
  );

describe('default', () => {
  it('counts what it cannot do', async () => {
    const telemetry = aTelemetry();
    await ask({ action: 'dance' }, telemetry);

    expect(telemetry.metrics.blobs).toEqual([{ refused: 1 }]);
  });

  it('says what could have been asked, and who is asking', async () => {
    expect(await ask({ id: 'r-1', action: 'dance' })).toEqual({
      type: 'error',
      id: 'r-1',
      code: 'UNKNOWN_ACTION',
      message: 'There is no action "dance". It must be one of actions.',
      retryable: false,
      actions: ['join', 'leave', 'send', 'history', 'resume', 'presence', 'typing', 'ping'],
      connection: {
        connectionId: 'c1=',
        connectedAt: '2026-11-16T11:59:59.000Z',
        sourceIp: '203.0.113.7',
        userAgent: 'Mozilla/5.0',
      },
    });
  });

  it.each([
    ['a frame without an action', {}],
    ['a frame that is no object', '7'],
    ['a frame that is null', 'null'],
  ])('says so to %s', async (_title, frame) => {
    expect((await ask(frame)).message).toMatch(/^The frame has no action\./);
  });

  it('answers BAD_JSON to what is no JSON', async () => {
    expect(await ask('hello')).toMatchObject({ type: 'error', code: 'BAD_JSON' });
  });

  it('does not send a long action back', async () => {
    expect(String((await ask({ action: 'x'.repeat(50_000) })).message).length).toBeLessThan(200);
  });
});
