import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GatewayOptions } from '../../../local/gateway/gateway.ts';
import { createLeanPoster } from '../../../shared/aws/lean-poster.ts';
import { createPoster } from '../../../shared/aws/poster.ts';
import type { Poster } from '../../../shared/domain/ports.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import {
  type Fixture,
  requestContextOf,
  startGateway,
} from '../../unit/local/gateway/gateway-fixture.ts';
import { setEnvironment } from './engines.ts';

const FRAME = '{"type":"messages","text":"Grüße 😀"}';

interface Subject {
  poster: string;
  create(options: { endpoint: string; concurrency: number }): Poster;
  /** How often a post is tried whose socket ends without an answer. */
  attemptsWhenCut: number;
}

const POSTERS: Subject[] = [
  {
    poster: 'the lean poster',
    create: (options) => createLeanPoster({ ...options, clock: systemClock }),
    attemptsWhenCut: 2,
  },
  { poster: 'the client of the SDK', create: createPoster, attemptsWhenCut: 1 },
];

beforeAll(() => {
  acceptCoreErrors();
  setEnvironment();
});

describe.each(POSTERS)('posting with $poster through a gateway', ({ create }) => {
  let gateway: Fixture;
  afterEach(() => gateway.stop());

  const aPoster = () => create({ endpoint: `${gateway.origin}/live`, concurrency: 5 });

  async function enter(options: Partial<GatewayOptions> = {}) {
    gateway = await startGateway({}, options);
    const client = await gateway.connect();
    const [event] = await gateway.called('connect');
    const { connectionId } = requestContextOf(event);
    return { client, connectionId };
  }

  it('delivers the frame as it is, to an id that needs escaping', async () => {
    const { client, connectionId } = await enter();
    expect(connectionId).toContain('=');

    expect(await aPoster().post(connectionId, FRAME)).toBe('delivered');
    expect(await client.next()).toBe(FRAME);
  });

  it('finds a connection that has been closed gone', async () => {
    const { client, connectionId } = await enter();
    client.socket.close();
    await gateway.called('disconnect');

    expect(await aPoster().post(connectionId, FRAME)).toBe('gone');
  });

  it('finds a connection gone whose $connect has not returned yet', async () => {
    const outcome = Promise.withResolvers<string>();
    gateway = await startGateway({
      connect: async (event) => {
        const { connectionId } = requestContextOf(event);
        outcome.resolve(await aPoster().post(connectionId, FRAME));
        return { status: 'returned', payload: { statusCode: 200 } };
      },
    });
    await gateway.connect();

    expect(await outcome.promise).toBe('gone');
  });

  it('is rejected with an id that is none', async () => {
    await enter();

    expect(await aPoster().post('nonsense', FRAME)).toBe('rejected');
  });

  it('is too large beyond 128 KB', async () => {
    const { connectionId } = await enter();

    expect(await aPoster().post(connectionId, 'x'.repeat(128 * 1024 + 1))).toBe('too-large');
  });

  it.each([
    ['throttled', 429],
    ['failed', 500],
    ['gone', 410],
  ] as const)('is %s when the gateway answers %i', async (outcome, status) => {
    const { connectionId } = await enter({ faults: { failPost: () => status } });

    expect(await aPoster().post(connectionId, FRAME)).toBe(outcome);
  });

  it("is throttled when the account's rate is exhausted", async () => {
    const { connectionId } = await enter({ limits: { requestsPerSecond: 1, requestBurst: 1 } });
    const poster = aPoster();

    expect(await poster.post(connectionId, FRAME)).toBe('delivered');
    expect(await poster.post(connectionId, FRAME)).toBe('throttled');
  });
});

describe.each(POSTERS)('posting with $poster to a server of its own kind', (subject) => {
  let server: Server;
  let answer: RequestListener;
  let requests: number;
  let sockets: number;

  beforeEach(async () => {
    requests = 0;
    sockets = 0;
    server = createServer((request, response) => {
      requests += 1;
      request.resume();
      answer(request, response);
    });
    server.on('connection', () => {
      sockets += 1;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((closed) => server.close(closed));
  });

  const aPoster = (concurrency = 5) =>
    subject.create({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/live`,
      concurrency,
    });
  const post = () => aPoster().post('c=', FRAME);

  it.each([
    [200, 'delivered'],
    [400, 'rejected'],
    [403, 'failed'],
    [410, 'gone'],
    [413, 'too-large'],
    [429, 'throttled'],
    [500, 'failed'],
    [503, 'failed'],
  ])('takes a bare %i for %s, after one attempt', async (status, outcome) => {
    answer = (_request, response) => response.writeHead(status).end();

    expect(await post()).toBe(outcome);
    expect(requests).toBe(1);
  });

  it.each([
    ['a header', { 'x-amzn-errortype': 'GoneException:http://internal/' }, '', 'gone'],
    ['its body', {}, '{"__type":"com.amazonaws#LimitExceededException"}', 'throttled'],
    ['the code in its body', {}, '{"code":"PayloadTooLargeException"}', 'too-large'],
    ['nothing that can be read', {}, '<html>Service Unavailable</html>', 'failed'],
  ])('goes by the name that a 503 has in %s', async (_title, headers, body, outcome) => {
    answer = (_request, response) => response.writeHead(503, headers).end(body);

    expect(await post()).toBe(outcome);
  });

  it('sends the frame as bytes, to an escaped id, signed for the account', async () => {
    const seen = Promise.withResolvers<{ method: unknown; url: unknown; headers: object }>();
    answer = ({ method, url, headers }, response) => {
      seen.resolve({ method, url, headers });
      response.end();
    };
    await post();

    expect(await seen.promise).toMatchObject({
      method: 'POST',
      url: '/live/@connections/c%3D',
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(Buffer.byteLength(FRAME)),
        'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
        'x-amz-content-sha256': expect.stringMatching(/^[\da-f]{64}$/),
        authorization: expect.stringContaining('/execute-api/aws4_request'),
      },
    });
  });

  it('fails when the connection is cut, after no more attempts than are its own', async () => {
    answer = (request) => request.socket.destroy();

    expect(await post()).toBe('failed');
    expect(requests).toBe(subject.attemptsWhenCut);
  });

  it('fails when the connection is cut within the head of an answer', async () => {
    answer = ({ socket }) => socket.end('HTTP/1.1 200 OK\r\ncontent-');

    expect(await post()).toBe('failed');
  });

  it('fails when the answer is no HTTP', async () => {
    answer = ({ socket }) => socket.end('220 mail.example.com ESMTP\r\n');

    expect(await post()).toBe('failed');
    expect(requests).toBe(1);
  });

  it('fails when nobody listens', async () => {
    const unheard = aPoster();
    await new Promise((closed) => server.close(closed));

    expect(await unheard.post('c=', FRAME)).toBe('failed');
  });

  it('fails with an id that no path can hold', async () => {
    answer = (_request, response) => response.end();

    expect(await aPoster().post('\ud800', FRAME)).toBe('failed');
  });

  it('opens no more sockets than it was allowed, and keeps them', async () => {
    answer = (_request, response) => response.writeHead(200).end();
    const poster = aPoster(3);

    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) => poster.post(`c-${index}=`, FRAME)),
    );
    expect(new Set(outcomes)).toEqual(new Set(['delivered']));
    expect(sockets).toBe(3);
  });

  it('keeps its sockets when the answers are errors', async () => {
    answer = (_request, response) => response.writeHead(410).end('{"message":"Gone"}');
    const poster = aPoster(1);

    for (let index = 0; index < 5; index += 1) await poster.post(`c-${index}=`, FRAME);
    expect(sockets).toBe(1);
  });

  it('recovers when the gateway has closed the sockets between two batches', async () => {
    answer = (_request, response) => response.end();
    const poster = aPoster(8);
    const batch = () =>
      Promise.all(Array.from({ length: 8 }, (_, index) => poster.post(`c-${index}=`, FRAME)));
    await batch();
    server.closeAllConnections();
    await batch();

    expect(new Set(await batch())).toEqual(new Set(['delivered']));
  });
});
