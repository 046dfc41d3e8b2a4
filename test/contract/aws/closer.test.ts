import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { GatewayOptions } from '../../../local/gateway/gateway.ts';
import { createCloser } from '../../../shared/aws/closer.ts';
import { createPoster } from '../../../shared/aws/poster.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import {
  type Fixture,
  requestContextOf,
  startGateway,
} from '../../unit/local/gateway/gateway-fixture.ts';
import { setEnvironment } from './engines.ts';

beforeAll(() => {
  acceptCoreErrors();
  setEnvironment();
});

describe('closing through a gateway', () => {
  let gateway: Fixture;
  afterEach(() => gateway.stop());

  const options = () => ({ endpoint: `${gateway.origin}/live`, concurrency: 5 });
  const close = (connectionId: string) => createCloser(options()).close(connectionId);

  async function enter(gatewayOptions: Partial<GatewayOptions> = {}) {
    gateway = await startGateway({}, gatewayOptions);
    const client = await gateway.connect();
    const [event] = await gateway.called('connect');
    const { connectionId } = requestContextOf(event);
    return { client, connectionId };
  }

  it('ends the connection with a normal closure, and everybody hears of it', async () => {
    const { client, connectionId } = await enter();
    const closed = once(client.socket, 'close');

    expect(await close(connectionId)).toBe(true);
    expect((await closed)[0]).toBe(1000);
    await gateway.called('disconnect');
  });

  it('makes posts find it gone at once, though its client reads nothing', async () => {
    const { client, connectionId } = await enter();
    client.socket.pause();

    expect(await close(connectionId)).toBe(true);
    expect(await createPoster(options()).post(connectionId, 'frame')).toBe('gone');
    client.socket.resume();
  });

  it('is done with a connection that has been closed already', async () => {
    const { client, connectionId } = await enter();
    client.socket.close();
    await gateway.called('disconnect');

    expect(await close(connectionId)).toBe(true);
  });

  it.each([
    ['with an id that is none', 'nonsense', {}],
    [
      'when the rate is exhausted',
      undefined,
      { limits: { requestsPerSecond: 1, requestBurst: 0 } },
    ],
  ])('fails %s', async (_title, id, gatewayOptions) => {
    const { connectionId } = await enter(gatewayOptions);

    expect(await close(id ?? connectionId)).toBe(false);
  });
});

describe('closing at a server that says no more than a status', () => {
  let server: Server;
  let requests: string[];

  async function listen(answer: RequestListener) {
    requests = [];
    server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return createCloser({ endpoint: `http://127.0.0.1:${port}/live`, concurrency: 5 });
  }
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it.each([
    [204, true],
    [410, true],
    [400, false],
    [403, false],
    [429, false],
    [500, false],
  ])('takes a bare %i for %s, after one attempt', async (status, isGone) => {
    const closer = await listen((_request, response) => response.writeHead(status).end());

    expect(await closer.close('c=')).toBe(isGone);
    expect(requests).toEqual(['DELETE /live/@connections/c%3D']);
  });

  it('fails when nobody answers in time', async () => {
    const closer = await listen(() => {});

    expect(await closer.close('c=')).toBe(false);
    expect(requests).toHaveLength(1);
  });
});
