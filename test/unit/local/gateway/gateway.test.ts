import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Fixture, requestContextOf, returned, startGateway } from './gateway-fixture.ts';

describe('gateway', () => {
  let fixture: Fixture;
  const start = async (...args: Parameters<typeof startGateway>) => {
    fixture = await startGateway(...args);
    return fixture;
  };
  afterEach(() => fixture.stop());

  describe('closing', () => {
    it('closes the sockets with 1001 and lets their $disconnect finish', async () => {
      const pending = Promise.withResolvers<void>();
      const { connect, gateway, called } = await start({
        disconnect: async () => {
          await pending.promise;
          return returned({});
        },
      });
      const clients = [await connect(), await connect()];
      let isClosed = false;
      const closed = gateway.close().then(() => {
        isClosed = true;
      });
      for (const { closed: ended } of clients) expect(await ended).toMatchObject({ code: 1001 });
      await called('disconnect', 2);
      // Far more turns than closing takes when nothing holds it up.
      for (let turn = 0; turn < 50; turn++) await setImmediate();
      expect(isClosed).toBe(false);
      pending.resolve();
      await closed;
      expect(gateway.connectionCount()).toBe(0);
    });

    it('does not wait for a function forever', async () => {
      const { connect, gateway, called, clock } = await start(
        { disconnect: () => new Promise(() => {}) },
        { limits: { drainMs: 100 } },
      );
      await connect();
      const startedAt = clock.now();
      let isClosed = false;
      const closed = gateway.close().then(() => {
        isClosed = true;
      });
      await called('disconnect');
      while (!isClosed) {
        clock.advance(10);
        await setImmediate();
      }
      await closed;
      expect(clock.now() - startedAt).toBeLessThan(29_000);
    });

    it('does not wait for a client that never answers', async () => {
      const { connect, gateway, called, clock } = await start();
      const { socket } = await connect();
      socket.pause();
      const closed = gateway.close();
      clock.advance(1_000);
      await closed;
      await called('disconnect');
    });

    it('refuses a client whose $connect returns too late, and disconnects it', async () => {
      const verdict = Promise.withResolvers<ReturnType<typeof returned>>();
      const { refused, gateway, called } = await start({ connect: () => verdict.promise });
      const answer = refused('/live');
      await called('connect');
      const closed = gateway.close();
      verdict.resolve(returned({ statusCode: 200 }));
      expect((await answer).status).toBe(503);
      await closed;
      await called('disconnect');
    });

    it('can be asked for twice, and before listening', async () => {
      const { gateway } = await start();
      await Promise.all([gateway.close(), gateway.close()]);
    });
  });

  it('rejects listening on a port that is taken', async () => {
    const { port } = await start();
    const other = await startGateway();
    await expect(other.gateway.listen(port)).rejects.toThrow();
    await other.stop();
  });

  it('drops $disconnect when told to', async () => {
    const { connect, called } = await start({}, { faults: { dropDisconnect: 1 } });
    const dropped = await connect();
    dropped.socket.close();
    await dropped.closed;
    await fixture.stop();
    await called('connect');
    expect(fixture.calls).toHaveLength(1);
  });

  it('traces a connection from connect to disconnect', async () => {
    const hops: string[] = [];
    const { connect, called, fetch } = await start({}, { trace: (hop) => hops.push(hop) });
    const { send, next, socket } = await connect();
    const [event] = await called('connect');
    const { connectionId } = requestContextOf(event);
    send({ action: 'send' });
    await called('send');
    await fetch('POST', `/live/@connections/${encodeURIComponent(connectionId)}`, 'hi');
    await next();
    socket.close();
    await called('disconnect');
    expect(hops).toEqual(['connect', 'send', 'deliver', 'disconnect']);
  });

  it('tells who is connected, and no more of who is leaving', async () => {
    const { connect, gateway } = await start();
    const [{ socket }] = [await connect(), await connect()];
    expect(gateway.openConnections()).toHaveLength(2);
    const [first, second] = gateway.openConnections();
    socket.close();
    await new Promise((closed) => socket.once('close', closed));
    expect(gateway.openConnections()).toEqual([second]);
    expect(first?.connectionId).not.toBe(second?.connectionId);
  });

  it('tells of every post: to whom, how large, how answered', async () => {
    const posts: unknown[] = [];
    const { connect, fetch, gateway } = await start({}, { onPost: (post) => posts.push(post) });
    await connect();
    const [{ connectionId } = { connectionId: '' }] = gateway.openConnections();
    for (const id of [connectionId, 'AAAAAAAAAAAAAAA=']) {
      await fetch('POST', `/live/@connections/${encodeURIComponent(id)}`, 'four');
    }
    expect(posts).toEqual([
      { connectionId, bytes: 4, status: 200 },
      { connectionId: 'AAAAAAAAAAAAAAA=', bytes: 4, status: 410 },
    ]);
  });

  it('counts connections, messages, and posts by status', async () => {
    const { connect, called, fetch, gateway } = await start();
    const { send } = await connect();
    send('x');
    await called('default');
    await fetch('POST', '/live/@connections/AAAAAAAAAAAAAAA%3D', 'x');
    expect(gateway.connectionCount()).toBe(1);
    expect(gateway.stats()).toEqual({ messagesReceived: 1, postsByStatus: { 410: 1 } });
  });
});
