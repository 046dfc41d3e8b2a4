import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GatewayOptions } from '../../../local/gateway/gateway.ts';
import { createPoster } from '../../../shared/aws/poster.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import {
  type Fixture,
  requestContextOf,
  startGateway,
} from '../../unit/local/gateway/gateway-fixture.ts';
import { setEnvironment } from './engines.ts';

const FRAME = '{"type":"messages","text":"Grüße 😀"}';

beforeAll(() => {
  acceptCoreErrors();
  setEnvironment();
});

describe('posting through a gateway', () => {
  let gateway: Fixture;
  afterEach(() => gateway.stop());

  const aPoster = () => createPoster({ endpoint: `${gateway.origin}/live`, concurrency: 5 });

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

describe('posting to a server that says no more than a status', () => {
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

  const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
  const post = () => createPoster({ endpoint: endpoint(), concurrency: 5 }).post('c=', FRAME);

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

  it('fails when the connection is cut, after one attempt', async () => {
    answer = (request) => request.socket.destroy();

    expect(await post()).toBe('failed');
    expect(requests).toBe(1);
  });

  it('fails when nobody answers in time', async () => {
    answer = () => {};

    expect(await post()).toBe('failed');
    expect(requests).toBe(1);
  });

  it('fails when nobody listens', async () => {
    const unheard = createPoster({ endpoint: endpoint(), concurrency: 5 });
    await new Promise((closed) => server.close(closed));

    expect(await unheard.post('c=', FRAME)).toBe('failed');
  });

  it('opens no more sockets than it was allowed, and keeps them', async () => {
    answer = (_request, response) => response.writeHead(200).end();
    const poster = createPoster({ endpoint: endpoint(), concurrency: 3 });

    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) => poster.post(`c-${index}=`, FRAME)),
    );
    expect(new Set(outcomes)).toEqual(new Set(['delivered']));
    expect(sockets).toBe(3);
  });
});
