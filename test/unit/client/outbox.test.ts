import { describe, expect, it } from '@jest/globals';
import type { OutboxChange, Sent } from '../../../client/types.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { setUpChat, setUpRoom, upTo } from './chat-setup.ts';

const isSent = (frame: object) => 'type' in frame && frame.type === 'sent';

describe('sending', () => {
  it('resolves with the number under which the message is stored', async () => {
    const { room, clock, messages } = await setUpRoom();
    const sent = room.send('hello', { data: { colour: 'red' } });
    await clock.advance(100);
    expect(await sent).toEqual({
      seq: 1,
      messageId: 'lobby-1',
      sentAt: messages[0]?.sentAt,
      duplicate: false,
    });
    expect(messages).toMatchObject([{ seq: 1, text: 'hello', data: { colour: 'red' } }]);
  });

  it('says whether a message is queued, under way or stored', async () => {
    const { room, clock, server } = await setUpRoom();
    const changes: string[] = [];
    room.on('outbox', ({ state }: OutboxChange) => changes.push(state));
    server.cut();
    void room.send('hello');
    expect(room.outbox).toMatchObject([{ text: 'hello', state: 'queued' }]);
    await clock.advance(5_000);
    expect(changes).toEqual(['queued', 'sending', 'stored']);
    expect(room.outbox).toEqual([]);
  });

  it('keeps the order of own messages', async () => {
    const { room, clock, server } = await setUpRoom();
    // Each send would overtake the one before it.
    server.transport.delayMs = (frame) => ('text' in frame ? 1_000 - 90 * Number(frame.text) : 5);
    const all = upTo(10).map((n) => room.send(`${n}`));
    await clock.advance(30_000);
    expect((await Promise.all(all)).map(({ seq }) => seq)).toEqual(upTo(10));
  });

  it('sends again with the same clientMessageId after the connection was lost', async () => {
    const { room, clock, server } = await setUpRoom({ userId: 'somebody-else' });
    server.transport.copies = (frame) => (isSent(frame) ? 0 : 1);
    const sent = room.send('once');
    await clock.advance(100);
    server.transport.copies = () => 1;
    server.cut('vanish');
    await clock.advance(5_000);
    expect(await sent).toMatchObject({ seq: 1, duplicate: true });
    expect(server.log('lobby')).toHaveLength(1);
  });

  it('sends again on the same connection when only the reply got lost', async () => {
    const { room, clock, server } = await setUpRoom({ userId: 'somebody-else' });
    server.transport.copies = (frame) => (isSent(frame) ? 0 : 1);
    const sent = room.send('once');
    await clock.advance(100);
    server.transport.copies = () => 1;
    await clock.advance(15_000);
    expect(await sent).toMatchObject({ seq: 1 });
    expect(server.sockets).toHaveLength(1);
    expect(server.log('lobby')).toHaveLength(1);
  });

  it('takes the push of an own message for its acknowledgement', async () => {
    const { room, clock, server } = await setUpRoom();
    server.transport.copies = (frame) => (isSent(frame) ? 0 : 1);
    const sent = room.send('hello');
    await clock.advance(100);
    expect(await sent).toMatchObject({ seq: 1, messageId: 'lobby-1' });
  });

  it('does not take a message of somebody else with the same id for its own', async () => {
    const { room, clock, server } = await setUpRoom();
    server.refuse = ({ action }) =>
      action === 'send'
        ? { type: 'error', code: 'UNAVAILABLE', message: '', retryable: true, retryAfterMs: 500 }
        : undefined;
    const sent = room.send('mine', { clientMessageId: '1' });
    const [theirs] = [server.publish('lobby')];
    server.push('lobby', [{ ...theirs, clientMessageId: '1' }]);
    await clock.advance(100);
    server.refuse = () => undefined;
    await clock.advance(5_000);
    expect(await sent).toMatchObject({ seq: 2 });
  });

  it('tries again after the time that a retryable error names', async () => {
    const { room, clock, server } = await setUpRoom();
    server.refuse = ({ action }) =>
      action === 'send'
        ? { type: 'error', code: 'UNAVAILABLE', message: '', retryable: true, retryAfterMs: 2_000 }
        : undefined;
    const sent = room.send('hello');
    await clock.advance(100);
    server.refuse = () => undefined;
    await clock.advance(1_800);
    expect(server.log('lobby')).toEqual([]);
    await clock.advance(2_300);
    expect(await sent).toMatchObject({ seq: 1, duplicate: false });
  });

  it.each(['send', 'join'])(
    'does not come back together with others whose %s was refused together',
    async (refused) => {
      const error = { type: 'error', code: 'RATE_LIMITED', message: '', retryable: true };
      const waits = await Promise.all(
        upTo(8).map(async (seed) => {
          const { client, clock, server } = setUpChat({ random: seededRandom(seed * 7_919) });
          server.refuse = ({ action }) =>
            action === refused ? { ...error, retryAfterMs: 2_000 } : undefined;
          void client.connect();
          void client.room('lobby').send('hello');
          const attempts = () => server.received.filter(({ action }) => action === refused).length;
          while (attempts() < 1) await clock.advance(5);
          const startedAt = clock.now();
          while (attempts() < 2) await clock.advance(5);
          return clock.now() - startedAt;
        }),
      );
      expect(new Set(waits).size).toBeGreaterThan(4);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(2_000);
      expect(Math.max(...waits)).toBeLessThan(4_100);
    },
  );

  it('rejects what the server refuses for good, and goes on with the next', async () => {
    const { room, clock, server } = await setUpRoom();
    server.refuse = (frame) =>
      frame.action === 'send' && frame.text === 'long'
        ? { type: 'error', code: 'TOO_LARGE', message: 'too long', retryable: false }
        : undefined;
    const refused = room.send('long');
    const sent = room.send('short');
    await clock.advance(100);
    await expect(refused).rejects.toMatchObject({ code: 'TOO_LARGE', retryable: false });
    expect(await sent).toMatchObject({ seq: 1 });
  });

  it('enters the room again when the server says that it is no member', async () => {
    const { room, clock, server } = await setUpRoom();
    server.evict('lobby');
    const sent = room.send('hello');
    await clock.advance(5_000);
    expect(await sent).toMatchObject({ seq: 1 });
  });

  it('rejects beyond the bound of the outbox', async () => {
    const { room, server } = await setUpRoom({ outboxMaxCount: 2 });
    server.cut();
    void room.send('1');
    void room.send('2');
    await expect(room.send('3')).rejects.toMatchObject({ code: 'OUTBOX_FULL', retryable: true });
  });

  it('gives a message up that is not acknowledged in time', async () => {
    const { room, server, clock } = await setUpRoom({ outboxMaxAgeMs: 60_000 });
    server.transport.handshake = 'refuse';
    server.cut();
    const sent = room.send('1');
    await clock.advance(59_000);
    expect(room.outbox).toHaveLength(1);
    await clock.advance(1_001);
    await expect(sent).rejects.toMatchObject({ code: 'OUTBOX_EXPIRED', retryable: true });
  });

  it('gives one promise to two sends with the same clientMessageId', async () => {
    const { room, clock, server } = await setUpRoom();
    const both: Promise<Sent>[] = [1, 2].map(() => room.send('x', { clientMessageId: 'same' }));
    await clock.advance(100);
    expect(await Promise.all(both)).toMatchObject([{ seq: 1 }, { seq: 1 }]);
    expect(server.log('lobby')).toHaveLength(1);
  });

  it('rejects data that is no JSON', async () => {
    const { room } = await setUpRoom();
    const data: { self?: unknown } = {};
    data.self = data;
    await expect(room.send('x', { data: data as never })).rejects.toMatchObject({
      code: 'INVALID_FRAME',
    });
  });
});
