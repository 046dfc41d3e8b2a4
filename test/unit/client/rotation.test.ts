import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../support/seeded-random.ts';
import { setUpChat, setUpRoom, upTo } from './chat-setup.ts';

const shortLife = { maxAgeMs: 5_000, random: seededRandom(3) };

describe('rotation', () => {
  it('replaces the connection 1,000 times and loses, repeats and delays nothing', async () => {
    const { server, clock, seqs, resets, states, room } = await setUpRoom(shortLife);
    let published = 0;
    while (server.sockets.length <= 1_000) {
      server.publish('lobby');
      published += 1;
      await clock.advance(500);
      expect(seqs.length).toBe(published);
      expect(server.open.length).toBeGreaterThan(0);
    }
    await clock.advance(100);
    expect(seqs).toEqual(upTo(published));
    expect(resets).toEqual([]);
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'open']);
    expect(room.state).toBe('live');
    expect(server.open).toHaveLength(1);
  });

  it('happens at a random 60 to 90 % of the maximum age', async () => {
    const { server, clock } = await setUpRoom();
    await clock.advance(0.6 * 7_200_000 - 200);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(0.3 * 7_200_000 + 200);
    expect(server.sockets).toHaveLength(2);
  });

  it('leaves the next connection two seconds where the maximum age is short', async () => {
    const { server, clock } = await setUpRoom({ maxAgeMs: 5_000, random: () => 0.999 });
    await clock.advance(3_010 - 100);
    expect(server.sockets).toHaveLength(2);
  });

  it('counts the age from the dial, and leaves thrice as long as the last opening took', async () => {
    const { server, clock, client } = setUpChat({ maxAgeMs: 20_000, random: () => 0.999 });
    server.transport.delayMs = () => 2_000;
    void client.connect();
    await clock.advance(13_900);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(110);
    expect(server.sockets).toHaveLength(2);
  });

  it('closes the old connection only when all rooms are entered on the new one', async () => {
    const { server, clock } = await setUpRoom(shortLife);
    server.refuse = (frame) =>
      frame.action === 'resume'
        ? { type: 'error', code: 'UNAVAILABLE', message: '', retryable: true, retryAfterMs: 100 }
        : undefined;
    await clock.advance(20_000);
    expect(server.open).toHaveLength(2);
    server.refuse = () => undefined;
    await clock.advance(300);
    expect(server.open).toHaveLength(1);
    expect(server.members('lobby')).toEqual(server.open);
  });

  it('keeps the old connection when the new one does not open', async () => {
    const { server, clock, states, seqs } = await setUpRoom(shortLife);
    server.transport.handshake = 'refuse';
    await clock.advance(60_000);
    server.publish('lobby');
    await clock.advance(100);
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'open']);
    expect(seqs).toEqual([1]);
  });

  it('goes on with the new connection when the old one ends first', async () => {
    const { server, clock, states, seqs } = await setUpRoom(shortLife);
    server.transport.delayMs = () => 300;
    while (server.open.length < 2) await clock.advance(10);
    server.open[0]?.shut(1006);
    server.publish('lobby');
    await clock.advance(2_000);
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'open']);
    expect(seqs).toEqual([1]);
  });

  it('loses no send on the way', async () => {
    const { server, clock, room, seqs } = await setUpRoom(shortLife);
    server.transport.delayMs = () => 40;
    const all = upTo(200).map((n) => room.send(`${n}`));
    await clock.advance(60_000);
    expect((await Promise.all(all)).map(({ seq }) => seq)).toEqual(upTo(200));
    expect(seqs).toEqual(upTo(200));
    expect(server.sockets.length).toBeGreaterThan(5);
    expect(server.received.filter(({ action }) => action === 'send')).toHaveLength(200);
  });

  it('hears nothing of a replaced connection', async () => {
    const { server, clock, seqs, states } = await setUpRoom(shortLife);
    await clock.advance(6_000);
    const [old] = server.sockets;
    const frame = {
      type: 'messages',
      roomId: 'lobby',
      messages: [{ seq: 1, text: 'ghost' }],
      head: 1,
    };
    old?.emit('message', { data: JSON.stringify(frame) });
    old?.emit('close', { code: 1006 });
    await clock.advance(100);
    expect({ seqs, states: states.length }).toEqual({ seqs: [], states: 2 });
  });
});
