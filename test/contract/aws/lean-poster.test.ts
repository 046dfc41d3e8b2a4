import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLeanPoster } from '../../../shared/aws/lean-poster.ts';
import type { Credentials } from '../../../shared/aws/post-signature.ts';
import { createPoster } from '../../../shared/aws/poster.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import { setEnvironment } from './engines.ts';

/** What the lean poster does on its own account; what both do is in `poster.test.ts`. */
describe('the lean poster', () => {
  let server: Server;
  let answer: RequestListener;
  let endpoint: string;
  let seen: { headers: Record<string, unknown>; socket: object }[];

  beforeAll(() => {
    acceptCoreErrors();
    setEnvironment();
  });
  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      seen.push({ headers: request.headers, socket: request.socket });
      request.resume();
      answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const CREDENTIALS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
  const signing = (credentials: () => Promise<Credentials>) => ({
    credentials,
    region: async () => 'eu-central-1',
  });
  const aPoster = (credentials = async (): Promise<Credentials> => CREDENTIALS, concurrency = 1) =>
    createLeanPoster({ endpoint, concurrency, clock: systemClock, signing: signing(credentials) });

  it('posts once more when a socket that was open has been closed meanwhile', async () => {
    answer = (request, response) => {
      const reused = seen.filter(({ socket }) => socket === request.socket).length > 1;
      if (reused) request.socket.destroy();
      else response.end();
    };
    const poster = aPoster();

    expect(await poster.post('c-1=', 'first')).toBe('delivered');
    expect(await poster.post('c-2=', 'second')).toBe('delivered');
    expect(seen).toHaveLength(3);
  });

  it('delivers a whole batch over sockets that have all been closed meanwhile', async () => {
    answer = (_request, response) => response.end();
    const poster = aPoster(undefined, 20);
    const batch = () =>
      Promise.all(Array.from({ length: 20 }, (_, index) => poster.post(`c-${index}=`, 'frame')));
    await batch();
    // In the same turn: the client cannot have noticed yet.
    server.closeAllConnections();

    expect(await batch()).toEqual(new Array(20).fill('delivered'));
  });

  it('takes the status for the answer when the rest of it is cut', async () => {
    answer = ({ socket }) => socket.end('HTTP/1.1 410 Gone\r\ncontent-length: 99\r\n\r\nGo');

    expect(await aPoster().post('c=', 'frame')).toBe('gone');
    expect(seen).toHaveLength(1);
  });

  it('does not read an answer that goes on and on', async () => {
    answer = (request, response) => {
      const more = () => response.write('x'.repeat(1024));
      response.on('drain', more);
      const timer = setInterval(more, 1);
      request.socket.once('close', () => clearInterval(timer));
    };

    expect(await aPoster().post('c=', 'frame')).toBe('delivered');
  });

  it("signs with the gateway's time once its own has been refused", async () => {
    const ahead = Date.now() + 20 * 60_000;
    answer = (_request, response) =>
      response.writeHead(403, { date: new Date(ahead).toUTCString() }).end();
    const poster = aPoster();
    await poster.post('c=', 'frame');
    await poster.post('c=', 'frame');

    const [first, second] = seen.map(({ headers }) => secondsOf(headers['x-amz-date']));
    expect(Math.abs(Number(first) - Date.now() / 1000)).toBeLessThan(60);
    expect(Math.abs(Number(second) - ahead / 1000)).toBeLessThan(60);
  });

  it('signs with new credentials as soon as the provider has them', async () => {
    answer = (_request, response) => response.end();
    let current: Credentials = { ...CREDENTIALS, sessionToken: 'first' };
    const poster = aPoster(async () => current);
    await poster.post('c=', 'frame');
    current = { accessKeyId: 'ASIANEXT', secretAccessKey: 'other', sessionToken: 'second' };
    await poster.post('c=', 'frame');

    expect(seen.map(({ headers }) => headers['x-amz-security-token'])).toEqual(['first', 'second']);
    expect(seen[1]?.headers.authorization).toContain('Credential=ASIANEXT/');
  });

  it('fails without credentials, and asks nobody', async () => {
    answer = (_request, response) => response.end();
    const poster = aPoster(async () => {
      throw new Error('Could not load credentials from any providers');
    });

    expect(await poster.post('c=', 'frame')).toBe('failed');
    expect(seen).toHaveLength(0);
  });

  it('waits three seconds for an answer, as the client of the SDK does, and for its end', async () => {
    answer = ({ url }, response) => {
      if (url?.endsWith('silent')) return;
      response.writeHead(410);
      const timer = setInterval(() => response.write('x'), 100);
      response.once('close', () => clearInterval(timer));
    };
    const startedAt = performance.now();

    expect(
      await Promise.all([
        aPoster().post('silent', 'frame'),
        createPoster({ endpoint, concurrency: 1 }).post('silent', 'frame'),
        aPoster().post('endless', 'frame'),
      ]),
    ).toEqual(['failed', 'failed', 'gone']);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(2_900);
    expect(seen).toHaveLength(3);
  });
});

function secondsOf(amzDate: unknown): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(amzDate)) ?? [];
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  return Date.UTC(Number(year), Number(month) - 1, day, hour, minute, second) / 1000;
}
