import { describe, expect, it } from '@jest/globals';
import { createDisconnectHandler } from '../../../../../services/connections/disconnect/handler.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aDisconnectEvent } from '../../../../support/web-socket-events.ts';

async function aHandler() {
  const chat = createInMemoryChat();
  await chat.connections.add({ connectionId: 'c1', userId: 'ada', connectedAt: NOON });
  await chat.admit('lobby', 'c1', 'c2');
  await chat.admit('hall', 'c1');
  return { chat, disconnect: createDisconnectHandler({ ...chat, log: chat.logger }) };
}

describe('disconnect', () => {
  it('leaves no trace of the connection, and touches no other', async () => {
    const { chat, disconnect } = await aHandler();

    expect(await disconnect(aDisconnectEvent({ connectionId: 'c1' }))).toEqual({ statusCode: 200 });
    expect(chat.memberships.allOf('hall')).toEqual([]);
    expect(chat.memberships.allOf('lobby')).toMatchObject([{ connectionId: 'c2' }]);
    expect(chat.connections.get('c1')).toBeUndefined();
  });

  it('does so twice without complaint', async () => {
    const { disconnect } = await aHandler();
    await disconnect(aDisconnectEvent({ connectionId: 'c1' }));

    expect(await disconnect(aDisconnectEvent({ connectionId: 'c1' }))).toEqual({ statusCode: 200 });
  });

  it('keeps the row of the connection while its memberships cannot be removed', async () => {
    const { chat, disconnect } = await aHandler();
    chat.calls.failNext('memberships.removeConnections');

    await expect(disconnect(aDisconnectEvent({ connectionId: 'c1' }))).rejects.toThrow();
    expect(chat.connections.get('c1')).toBeDefined();
  });

  it('counts the minutes that the connection lasted, which are billed', async () => {
    const { chat, disconnect } = await aHandler();
    await disconnect(aDisconnectEvent({ connectedAt: NOON - 90_000 }));

    expect(chat.metrics.blobs).toEqual([{ ended: 1, connectionMinutes: 1.5 }]);
  });

  it('logs how the connection ended', async () => {
    const { chat, disconnect } = await aHandler();
    await disconnect(aDisconnectEvent({ connectionId: 'c1', code: 1006, reason: 'abnormal' }));

    expect(chat.logger.lines).toMatchObject([
      { message: 'disconnected', fields: { connectionId: 'c1', code: 1006, reason: 'abnormal' } },
    ]);
  });
});
