import {
  type ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  ApiGatewayManagementApiClient as Management,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GatewayFaults } from '../../../../local/gateway/faults.ts';
import { type Fixture, startGateway } from './gateway-fixture.ts';

const UNKNOWN_ID = 'L0SM9cOFvHcCIhw=';

describe('management API, seen by the AWS SDK', () => {
  let fixture: Fixture;
  let sdk: ApiGatewayManagementApiClient;
  let faults: GatewayFaults;

  const start = async (limits = {}) => {
    faults = {};
    fixture = await startGateway({}, { faults, limits });
    sdk = new Management({
      endpoint: `${fixture.origin}/live`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  };
  beforeEach(() => start());
  afterEach(async () => {
    sdk.destroy();
    await fixture.stop();
  });

  const connect = async () => {
    const client = await fixture.connect('', [], { 'User-Agent': 'test/1' });
    const connects = fixture.calls.filter(({ functionId }) => functionId === 'connect');
    const context = connects.at(-1)?.event.requestContext as { connectionId: string };
    return { ...client, id: context.connectionId };
  };
  const post = (ConnectionId: string, Data: string | Uint8Array) =>
    sdk.send(new PostToConnectionCommand({ ConnectionId, Data }));
  const failure = (name: string, httpStatusCode: number) => ({
    name,
    $metadata: expect.objectContaining({ httpStatusCode }),
  });

  describe('POST', () => {
    it('delivers one text frame and answers 200', async () => {
      const { id, socket } = await connect();
      const received = new Promise((resolve) =>
        socket.on('message', (data, isBinary) => resolve({ text: data.toString(), isBinary })),
      );
      const { $metadata } = await post(id, '{"text":"€"}');
      expect($metadata.httpStatusCode).toBe(200);
      expect(await received).toEqual({ text: '{"text":"€"}', isBinary: false });
    });

    it('keeps the order of posts that follow each other', async () => {
      const { id, next } = await connect();
      for (const text of ['1', '2', '3']) await post(id, text);
      expect([await next(), await next(), await next()]).toEqual(['1', '2', '3']);
    });

    it('repairs what is not UTF-8 rather than break the connection', async () => {
      const { id, next } = await connect();
      await post(id, Uint8Array.of(0x61, 0xff));
      expect(await next()).toBe('a\ufffd');
    });

    it('accepts 128 KB as one message', async () => {
      const { id, next } = await connect();
      await post(id, 'x'.repeat(128 * 1024));
      expect(await next()).toHaveLength(128 * 1024);
    });

    it('answers PayloadTooLargeException to a byte more', async () => {
      const { id } = await connect();
      await expect(post(id, 'x'.repeat(128 * 1024 + 1))).rejects.toMatchObject(
        failure('PayloadTooLargeException', 413),
      );
    });

    it('answers GoneException for an unknown id', async () => {
      await expect(post(UNKNOWN_ID, 'x')).rejects.toMatchObject(failure('GoneException', 410));
    });

    it('answers GoneException once the client has left', async () => {
      const { id, socket } = await connect();
      socket.close();
      await fixture.called('disconnect');
      await expect(post(id, 'x')).rejects.toMatchObject(failure('GoneException', 410));
    });

    it.each(['abc', 'L0SM9cOFvHcCIhw', '%', 'a/b'])(
      'answers BadRequestException for the malformed id "%s"',
      async (id) => {
        await expect(post(id, 'x')).rejects.toMatchObject(failure('BadRequestException', 400));
      },
    );

    it('answers LimitExceededException when the bucket is empty', async () => {
      sdk.destroy();
      await fixture.stop();
      await start({ requestBurst: 2 });
      const { id, next } = await connect();
      await post(id, '1');
      await post(id, '2');
      await expect(post(id, '3')).rejects.toMatchObject(failure('LimitExceededException', 429));
      fixture.clock.advance(1);
      await post(id, '4');
      expect([await next(), await next(), await next()]).toEqual(['1', '2', '4']);
    });

    it('answers LimitExceededException for a client that does not read, and for it alone', async () => {
      sdk.destroy();
      await fixture.stop();
      await start({ outboundBufferBytes: 256 * 1024 });
      const slow = await connect();
      const quick = await connect();
      slow.socket.pause();
      const data = 'x'.repeat(128 * 1024);
      const fill = async () => {
        // The kernel's buffers take several megabytes before the gateway's own begins to fill.
        for (let n = 0; n < 1_000; n++) await post(slow.id, data);
      };
      await expect(fill()).rejects.toMatchObject(failure('LimitExceededException', 429));
      await post(quick.id, 'on time');
      expect(await quick.next()).toBe('on time');
    });
  });

  describe('GET', () => {
    it('tells times and identity', async () => {
      const { id } = await connect();
      fixture.clock.advance(5_000);
      await post(id, 'x');
      fixture.clock.advance(5_000);
      const answer = await sdk.send(new GetConnectionCommand({ ConnectionId: id }));
      expect(answer).toMatchObject({
        ConnectedAt: new Date('2025-03-16T00:46:22.000Z'),
        LastActiveAt: new Date('2025-03-16T00:46:27.000Z'),
        Identity: { SourceIp: '127.0.0.1', UserAgent: 'test/1' },
      });
    });

    it('answers GoneException for an unknown id', async () => {
      const command = new GetConnectionCommand({ ConnectionId: UNKNOWN_ID });
      await expect(sdk.send(command)).rejects.toMatchObject(failure('GoneException', 410));
    });
  });

  describe('DELETE', () => {
    it('answers 204, closes with 1000 and leads to $disconnect', async () => {
      const { id, closed } = await connect();
      const { $metadata } = await sdk.send(new DeleteConnectionCommand({ ConnectionId: id }));
      expect($metadata.httpStatusCode).toBe(204);
      expect(await closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
      const [event] = await fixture.called('disconnect');
      expect(event?.requestContext).toMatchObject({
        connectionId: id,
        disconnectStatusCode: 1000,
        disconnectReason: 'Connection Closed Normally',
      });
    });

    it('makes the connection gone at once, before the client has answered', async () => {
      const { id, socket } = await connect();
      socket.pause();
      await sdk.send(new DeleteConnectionCommand({ ConnectionId: id }));
      await expect(post(id, 'x')).rejects.toMatchObject(failure('GoneException', 410));
      const command = new GetConnectionCommand({ ConnectionId: id });
      await expect(sdk.send(command)).rejects.toMatchObject(failure('GoneException', 410));
    });
  });

  it('answers ForbiddenException to any other method', async () => {
    const { status, headers } = await fixture.fetch('PUT', `/live/@connections/${UNKNOWN_ID}`);
    expect(status).toBe(403);
    expect(headers['x-amzn-errortype']).toBe('ForbiddenException');
  });

  describe('faults', () => {
    it.each([
      { status: 410, name: 'GoneException' },
      { status: 429, name: 'LimitExceededException' },
      { status: 500, name: 'InternalServerErrorException' },
    ] as const)('fails posts to a chosen connection with $status', async ({ status, name }) => {
      const chosen = await connect();
      const other = await connect();
      faults.failPost = (id) => (id === chosen.id ? status : undefined);
      await expect(post(chosen.id, 'x')).rejects.toMatchObject(failure(name, status));
      await post(other.id, 'fine');
      expect(await other.next()).toBe('fine');
    });

    it('loses posts that it has answered with 200', async () => {
      const { id, next } = await connect();
      faults.losePost = 1;
      await post(id, 'lost');
      faults.losePost = 0;
      await post(id, 'kept');
      expect(await next()).toBe('kept');
    });

    it('delays posts', async () => {
      const { id, next } = await connect();
      faults.delayPostMs = 50;
      const timers = fixture.clock.timers();
      const posted = post(id, 'late');
      while (fixture.clock.timers() === timers) await fixture.fetch('GET', '/nothing');
      fixture.clock.advance(50);
      await posted;
      expect(await next()).toBe('late');
    });
  });
});
