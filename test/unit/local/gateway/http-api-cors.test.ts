import { afterEach, describe, expect, it } from '@jest/globals';
import type { CorsModel } from '../../../../local/template/model.ts';
import { type Fixture, returned } from './gateway-fixture.ts';
import { startHttpApi } from './http-api-fixture.ts';

describe('CORS of an HTTP API', () => {
  let fixture: Fixture;
  const start = async (...of: Parameters<typeof startHttpApi>) => {
    fixture = await startHttpApi(...of);
    return fixture;
  };
  afterEach(() => fixture.stop());

  const cors: CorsModel = {
    allowOrigins: ['https://chat.example'],
    allowMethods: ['GET', 'PUT'],
    allowHeaders: ['authorization', 'content-type'],
    exposeHeaders: ['x-room'],
    maxAgeSeconds: 600,
  };
  const ask = (origin: string) => ({ origin, 'access-control-request-method': 'PUT' });
  const path = '/api/rooms/lobby/messages';

  it('answers a preflight itself', async () => {
    const { fetch } = await start({}, { cors });
    const { status, headers } = await fetch(
      'OPTIONS',
      path,
      undefined,
      ask('https://chat.example'),
    );
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://chat.example',
      'access-control-allow-methods': 'GET,PUT',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-expose-headers': 'x-room',
      'access-control-max-age': '600',
    });
    expect(fixture.calls).toEqual([]);
  });

  it('gives another origin no leave', async () => {
    const { fetch } = await start({}, { cors });
    const { status, headers } = await fetch(
      'OPTIONS',
      path,
      undefined,
      ask('https://evil.example'),
    );
    expect(status).toBe(204);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each([
    { allowed: '*', origin: 'http://any.example', echoed: '*' },
    { allowed: 'https://*', origin: 'https://any.example', echoed: 'https://any.example' },
    { allowed: 'https://*', origin: 'http://any.example', echoed: undefined },
  ])('lets $allowed stand for $origin: $echoed', async ({ allowed, origin, echoed }) => {
    const { fetch } = await start({}, { cors: { ...cors, allowOrigins: [allowed] } });
    const { headers } = await fetch('GET', path, undefined, { origin });
    expect(headers['access-control-allow-origin']).toBe(echoed);
  });

  it('replaces the CORS headers of the function', async () => {
    const own = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Max-Age': '1',
      'x-room': 'r',
    };
    const { fetch } = await start(
      { lobby: () => returned({ statusCode: 200, headers: own }) },
      { cors },
    );
    const { headers } = await fetch('GET', path, undefined, { origin: 'https://chat.example' });
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://chat.example',
      'access-control-expose-headers': 'x-room',
      'x-room': 'r',
    });
    expect(headers).not.toHaveProperty('access-control-max-age');
  });

  it('adds the headers to its own refusals too, so that pages can read them', async () => {
    const { fetch } = await start({}, { cors });
    const { status, headers } = await fetch('GET', '/none', undefined, {
      origin: 'https://chat.example',
    });
    expect(status).toBe(404);
    expect(headers['access-control-allow-origin']).toBe('https://chat.example');
  });

  it('is left to the functions without a model', async () => {
    const headers = { 'Access-Control-Allow-Origin': '*' };
    const { fetch } = await start({ any: () => returned({ statusCode: 200, headers }) });
    const answer = await fetch('OPTIONS', path, undefined, ask('https://chat.example'));
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });
});
