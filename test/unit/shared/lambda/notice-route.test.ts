import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { ChatError } from '../../../../shared/domain/errors.ts';
import { createNoticeRoute } from '../../../../shared/lambda/notice-route.ts';
import { aTelemetry } from '../../../support/telemetry.ts';
import { aWebSocketMessageEvent } from '../../../support/web-socket-events.ts';

const schema = z.object({ id: z.string().optional(), roomId: z.string() });
const fine = { id: 'n-1', roomId: 'lobby' };

function aRoute(options: { fail?: unknown; refusalFails?: boolean } = {}) {
  const telemetry = aTelemetry();
  const acted: string[] = [];
  const refused: unknown[] = [];
  const route = createNoticeRoute(schema, telemetry, {
    act: async ({ roomId }) => {
      if (options.fail !== undefined) throw options.fail;
      acted.push(roomId);
    },
    refuse: async (frame, { connectionId }) => {
      if (options.refusalFails) throw new Error('no way to tell');
      refused.push({ to: connectionId, ...JSON.parse(frame) });
    },
  });
  const notify = (frame: unknown) => route(aWebSocketMessageEvent(frame, { connectionId: 'c1' }));
  return { ...telemetry, acted, refused, notify };
}

describe('a notice route', () => {
  it('acts and says nothing', async () => {
    const { notify, acted, refused } = aRoute();

    expect(await notify(fine)).toEqual({ statusCode: 200 });
    expect(acted).toEqual(['lobby']);
    expect(refused).toEqual([]);
  });

  it.each([
    ['no JSON', '{"roomId":', { code: 'BAD_JSON' }],
    ['a missing field', { id: 'n-1' }, { code: 'INVALID_FRAME', id: 'n-1' }],
  ])('refuses %s, to the connection that sent it, and does nothing', async (_, frame, error) => {
    const { notify, acted, refused } = aRoute();

    expect(await notify(frame)).toEqual({ statusCode: 200 });
    expect(acted).toEqual([]);
    expect(refused).toEqual([expect.objectContaining({ type: 'error', to: 'c1', ...error })]);
  });

  it('passes a refusal of the domain on, with the id', async () => {
    const { notify, refused, log } = aRoute({ fail: new ChatError('NOT_A_MEMBER', 'Join first.') });
    await notify(fine);

    expect(refused).toMatchObject([{ id: 'n-1', code: 'NOT_A_MEMBER', retryable: false }]);
    expect(log.lines).toEqual([]);
  });

  it('logs what broke and tells the client nothing of it', async () => {
    const { notify, refused, log, metrics } = aRoute({ fail: new Error('secret') });

    expect(await notify(fine)).toEqual({ statusCode: 200 });
    expect(refused).toMatchObject([{ code: 'INTERNAL' }]);
    expect(JSON.stringify(refused)).not.toContain('secret');
    expect(log.at('error')).toEqual(['route failed']);
    expect(metrics.blobs).toEqual([{ failed: 1 }]);
  });

  it('does not fail when not even the refusal can be sent', async () => {
    const { notify, log } = aRoute({ refusalFails: true });

    expect(await notify({ id: 'n-1' })).toEqual({ statusCode: 200 });
    expect(log.at('warn')).toEqual(['error frame was not sent']);
  });
});
