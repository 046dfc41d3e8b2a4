import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPageServer } from '../../../../local/page/page-server.ts';
import { temporaryDirectory } from '../../../support/assembly.ts';

const directory = temporaryDirectory();
mkdirSync(join(directory.path, 'assets'));
writeFileSync(join(directory.path, 'index.html'), '<!doctype html>');
writeFileSync(join(directory.path, 'assets', 'index-1a2b.js'), 'export {}');

const serve = createPageServer({ directory: directory.path, config: { webSocketUrl: '/live' } });
const serveBelow = createPageServer({ directory: directory.path, base: '/ops' });
const server = createServer((request, response) => {
  if (!serveBelow(request, response) && !serve(request, response)) response.writeHead(404).end();
});
const get = (path: string, init?: RequestInit) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init);

beforeAll(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)));
afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  directory.remove();
});

describe('the page on the local stack', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache', '<!doctype html>'],
    ['/?as=ann', 'text/html; charset=utf-8', 'no-cache', '<!doctype html>'],
    ['/ops', 'text/html; charset=utf-8', 'no-cache', '<!doctype html>'],
    ['/ops/', 'text/html; charset=utf-8', 'no-cache', '<!doctype html>'],
    [
      '/ops/assets/index-1a2b.js',
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
      'export {}',
    ],
    ['/config.json', 'application/json', 'no-cache', '{"webSocketUrl":"/live"}'],
    [
      '/assets/index-1a2b.js',
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
      'export {}',
    ],
  ])('answers %s', async (path, type, cacheControl, body) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('cache-control')).toBe(cacheControl);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; /);
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(await response.text()).toBe(body);
  });

  it('tells HEAD what GET would, without a body', async () => {
    const response = await get('/', { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('15');
    expect(await response.text()).toBe('');
  });

  it.each([
    { path: '/assets/..%2f..%2fbeside.txt' },
    { path: '/%2e%2e/beside.txt' },
    { path: '/nothing' },
    { path: '/ops/config.json' },
    { path: '/ops/data/alarms' },
    { path: '/opsassets/index-1a2b.js' },
    { path: '/', method: 'POST' },
  ])('leaves to others what is not the page: $method $path', async ({ path, method = 'GET' }) => {
    expect((await get(path, { method })).status).toBe(404);
  });
});
