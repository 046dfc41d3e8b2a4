import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type Client,
  type Fixture,
  frame,
  requestContextOf,
  startGateway,
} from './gateway-fixture.ts';

const KB = 1024;
const MINUTE_MS = 60_000;
const TEXT = 1;
const CONTINUATION = 0;

describe('connection', () => {
  let fixture: Fixture;
  const start = async (...args: Parameters<typeof startGateway>) => {
    fixture = await startGateway(...args);
    return fixture;
  };
  afterEach(() => fixture.stop());

  const connectionId = async () => {
    const [event] = await fixture.called('connect');
    return requestContextOf(event).connectionId;
  };
  const post = async (body: string) =>
    fixture.fetch('POST', `/live/@connections/${encodeURIComponent(await connectionId())}`, body);
  const disconnectOf = async () => {
    const [event] = await fixture.called('disconnect');
    const context = requestContextOf(event);
    return { code: context.disconnectStatusCode, reason: context.disconnectReason };
  };
  /** The `ws` client cannot choose its frames; these go through its socket as they are. */
  const rawSocketOf = ({ socket }: Client) =>
    (socket as unknown as { _socket: { write(data: Buffer): void } })._socket;

  describe('sizes', () => {
    it('accepts a frame of 32 KB', async () => {
      const { connect, called } = await start();
      (await connect()).send('x'.repeat(32 * KB));
      expect(await called('default')).toHaveLength(1);
    });

    it('closes with 1009 on a frame of 32 KB and a byte, and processes what came before', async () => {
      const { connect, called } = await start();
      const client = await connect();
      rawSocketOf(client).write(
        Buffer.concat([
          frame(TEXT, 'before'),
          frame(TEXT, 'x'.repeat(32 * KB + 1)),
          frame(TEXT, 'after'),
        ]),
      );
      expect(await client.closed).toMatchObject({ code: 1009 });
      expect((await disconnectOf()).code).toBe(1009);
      expect((await called('default')).map(({ body }) => body)).toEqual(['before']);
      expect(fixture.calls.filter(({ functionId }) => functionId === 'default')).toHaveLength(1);
    });

    it('measures frames in bytes, not in characters', async () => {
      const { connect } = await start();
      const client = await connect();
      client.send('€'.repeat(11 * KB));
      expect(await client.closed).toMatchObject({ code: 1009 });
    });

    it('accepts a message of 128 KB in frames of 32 KB', async () => {
      const { connect, called } = await start();
      const client = await connect();
      const quarter = 'x'.repeat(32 * KB);
      const rest = [false, false, true].map((isFinal) => frame(CONTINUATION, quarter, isFinal));
      rawSocketOf(client).write(Buffer.concat([frame(TEXT, quarter, false), ...rest]));
      const [event] = await called('default');
      expect(event?.body).toHaveLength(128 * KB);
    });

    it('closes with 1009 on a message of more than 128 KB in small frames', async () => {
      const { connect } = await start();
      const client = await connect();
      const quarter = 'x'.repeat(32 * KB);
      const rest = [false, false, false].map(() => frame(CONTINUATION, quarter, false));
      rawSocketOf(client).write(
        Buffer.concat([frame(TEXT, quarter, false), ...rest, frame(CONTINUATION, 'x', true)]),
      );
      expect(await client.closed).toMatchObject({ code: 1009 });
      expect((await disconnectOf()).code).toBe(1009);
    });

    it('closes with 1003 on a binary message, without calling a function', async () => {
      const { connect } = await start();
      const client = await connect();
      client.socket.send(Buffer.from('{"action":"send"}'));
      expect(await client.closed).toMatchObject({ code: 1003 });
      expect((await disconnectOf()).code).toBe(1003);
      expect(fixture.calls.map(({ functionId }) => functionId)).toEqual(['connect', 'disconnect']);
    });
  });

  describe('time', () => {
    it('closes with 1001 after ten idle minutes and not a millisecond before', async () => {
      const { connect, clock } = await start();
      const client = await connect();
      clock.advance(10 * MINUTE_MS - 1);
      await post('still here');
      expect(await client.next()).toBe('still here');
      clock.advance(10 * MINUTE_MS - 1);
      expect(client.socket.readyState).toBe(client.socket.OPEN);
      clock.advance(1);
      expect(await client.closed).toMatchObject({ code: 1001 });
      expect((await disconnectOf()).code).toBe(1001);
    });

    it('takes a message from the client for activity, but not a ping', async () => {
      const { connect, called, clock } = await start();
      const client = await connect();
      clock.advance(9 * MINUTE_MS);
      client.send('active');
      await called('default');
      // The function has returned by the end of a round trip; its own timer must not fire below.
      await fixture.fetch('GET', '/nothing');
      clock.advance(9 * MINUTE_MS);
      client.socket.ping();
      await once(client.socket, 'pong');
      expect(fixture.gateway.connectionCount()).toBe(1);
      clock.advance(MINUTE_MS);
      expect(await client.closed).toMatchObject({ code: 1001 });
    });

    it('closes with 1001 after two hours, however active', async () => {
      const { connect, clock } = await start();
      const client = await connect();
      for (let minute = 0; minute < 117; minute += 9) {
        clock.advance(9 * MINUTE_MS);
        expect((await post(`minute ${minute}`)).status).toBe(200);
      }
      clock.advance(3 * MINUTE_MS - 1);
      expect((await post('last')).status).toBe(200);
      clock.advance(1);
      expect((await post('too late')).status).toBe(410);
      expect(await client.closed).toMatchObject({ code: 1001 });
    });

    it('needs one timer for a connection, and none after it', async () => {
      const { connect, called, clock } = await start();
      const client = await connect();
      for (let n = 1; n <= 5; n++) client.send('tick');
      await called('default', 5);
      await fixture.fetch('GET', '/nothing');
      expect(clock.timers()).toBe(1);
      client.socket.close();
      await called('disconnect');
      await client.closed;
      await fixture.fetch('GET', '/nothing');
      expect(clock.timers()).toBe(0);
    });
  });

  describe('end', () => {
    const leave: {
      description: string;
      by: (client: Client) => void;
      code: number;
      reason: string;
    }[] = [
      {
        description: 'a close frame without a status',
        by: ({ socket }) => socket.close(),
        code: 1005,
        reason: 'Client-side close frame status not set',
      },
      {
        description: 'a code alone, as a browser leaves',
        by: ({ socket }) => socket.close(1001),
        code: 1001,
        reason: '',
      },
      {
        description: 'a vanished peer',
        by: ({ socket }) => socket.terminate(),
        code: 1006,
        reason: 'Connection Closed Abnormally',
      },
      {
        description: 'text that is not UTF-8',
        by: ({ socket }) => socket.send(Buffer.from([0xff]), { binary: false }),
        code: 1007,
        reason: expect.any(String) as unknown as string,
      },
    ];

    it.each(leave)('by $description invokes $disconnect once', async ({ by, code, reason }) => {
      const { connect, gateway } = await start();
      by(await connect());
      expect(await disconnectOf()).toEqual({ code, reason });
      expect(gateway.connectionCount()).toBe(0);
      await fixture.stop();
      expect(fixture.calls.map(({ functionId }) => functionId)).toEqual(['connect', 'disconnect']);
    });

    it('invokes $disconnect only after the socket has closed', async () => {
      const { connect, called } = await start();
      const client = await connect();
      client.socket.pause();
      await fixture.fetch(
        'DELETE',
        `/live/@connections/${encodeURIComponent(await connectionId())}`,
      );
      await fixture.fetch('GET', '/nothing');
      expect(fixture.calls.map(({ functionId }) => functionId)).toEqual(['connect']);
      client.socket.resume();
      await called('disconnect');
    });
  });
});
