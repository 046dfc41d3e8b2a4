import { describe, expect, it } from '@jest/globals';
import { setUpRoom, upTo } from './chat-setup.ts';

const FAR_MS = 60_000;

describe('recovery', () => {
  it('works with nothing before the first message', async () => {
    const { server, clock, seqs, resets } = await setUpRoom();
    server.cut('vanish');
    server.publish('lobby');
    await clock.advance(FAR_MS);
    expect({ seqs, resets }).toEqual({ seqs: [1], resets: [] });
  });

  it('works twice in a row, with nothing in between', async () => {
    const { server, clock, seqs } = await setUpRoom();
    for (const [first, last] of [
      [1, 3],
      [4, 6],
    ] as const) {
      server.cut();
      for (const _ of upTo(last, first)) server.publish('lobby');
      await clock.advance(FAR_MS);
    }
    expect(seqs).toEqual(upTo(6));
  });

  it('works when the second cut comes before the first recovery is answered', async () => {
    const { server, clock, seqs } = await setUpRoom();
    server.publish('lobby');
    server.cut();
    while (server.open.length === 0) await clock.advance(1);
    server.cut('vanish');
    server.publish('lobby');
    await clock.advance(FAR_MS);
    expect(seqs).toEqual([1, 2]);
  });

  it('tells once that a crashed server has lost the end of the log, and goes on', async () => {
    const { server, clock, seqs, resets } = await setUpRoom();
    for (const _ of upTo(5)) server.publish('lobby');
    await clock.advance(1_000);
    server.cut('vanish');
    server.rewind('lobby', 2);
    await clock.advance(FAR_MS);
    server.publish('lobby');
    server.cut();
    await clock.advance(FAR_MS);
    expect(resets).toEqual([{ after: 5, resumedAt: 2, reason: 'rewound' }]);
    expect(seqs).toEqual([1, 2, 3, 4, 5, 3]);
  });

  it('survives a server that replays for ever', async () => {
    const { server, clock, seqs } = await setUpRoom();
    for (const _ of upTo(3)) server.publish('lobby');
    for (const _ of upTo(50)) {
      server.push('lobby', [...server.log('lobby')]);
      await clock.advance(100);
    }
    expect(seqs).toEqual([1, 2, 3]);
  });

  it('backs off from a server that takes connections and ends them after seconds', async () => {
    const { server, clock } = await setUpRoom();
    for (const _ of upTo(600)) {
      await clock.advance(1_000);
      server.cut();
    }
    expect(server.sockets.length).toBeLessThan(120);
  });

  it('pages through a long absence', async () => {
    const { server, clock, seqs } = await setUpRoom();
    server.cut();
    for (const _ of upTo(1_050)) server.publish('lobby');
    await clock.advance(FAR_MS);
    expect(seqs).toEqual(upTo(1_050));
  });

  it('tells once that retention has passed, and goes on live', async () => {
    const { server, clock, seqs, resets } = await setUpRoom();
    server.publish('lobby');
    await clock.advance(100);
    server.cut();
    for (const _ of upTo(9)) server.publish('lobby');
    server.trim('lobby', 6);
    await clock.advance(FAR_MS);
    server.publish('lobby');
    server.cut();
    await clock.advance(FAR_MS);
    expect(resets).toEqual([{ after: 1, resumedAt: 10, reason: 'retention' }]);
    expect(seqs).toEqual([1, 11]);
  });

  it('resumes all rooms in frames of 50', async () => {
    const { server, clock, client } = await setUpRoom();
    const rooms = upTo(119).map((n) => client.room(`r${n}`));
    await clock.advance(FAR_MS);
    server.received.length = 0;
    server.cut();
    await clock.advance(FAR_MS);
    const sizes = server.received.flatMap((frame) =>
      frame.action === 'resume' ? [Object.keys(frame.rooms).length] : [],
    );
    expect(sizes).toEqual([50, 50, 20]);
    expect(rooms.every(({ state }) => state === 'live')).toBe(true);
  });

  it('asks for what is missing when the push of the last message was lost', async () => {
    const { server, clock, seqs } = await setUpRoom();
    server.transport.copies = () => 0;
    server.publish('lobby');
    await clock.advance(1_000);
    server.transport.copies = () => 1;
    await clock.advance(300_000);
    expect(seqs).toEqual([1]);
    expect(server.sockets).toHaveLength(1);
  });

  it('asks again when the answer about a gap got lost', async () => {
    const { server, clock, seqs, gaps } = await setUpRoom();
    server.transport.copies = (frame) => ('type' in frame && frame.type === 'messages' ? 0 : 1);
    server.publish('lobby');
    await clock.advance(50);
    server.transport.copies = (frame) => ('type' in frame && frame.type === 'history' ? 0 : 1);
    server.publish('lobby');
    await clock.advance(5_000);
    server.transport.copies = () => 1;
    await clock.advance(30_000);
    expect({ seqs, gaps }).toEqual({ seqs: [1, 2], gaps: [{ after: 0, head: 2 }] });
  });

  it('waits at most a second for an early message', async () => {
    const { server, clock, seqs } = await setUpRoom();
    server.transport.copies = () => 0;
    server.publish('lobby');
    server.transport.copies = () => 1;
    server.publish('lobby');
    await clock.advance(900);
    expect(seqs).toEqual([]);
    await clock.advance(200);
    expect(seqs).toEqual([1, 2]);
  });

  it('does not ask for what is only late', async () => {
    const { server, clock, seqs } = await setUpRoom();
    let order = 0;
    server.transport.delayMs = () => [400, 5][order++] ?? 5;
    server.publish('lobby');
    server.publish('lobby');
    await clock.advance(2_000);
    expect(seqs).toEqual([1, 2]);
    expect(server.received.filter(({ action }) => action === 'history')).toEqual([]);
  });

  it('waits for a number that is not settled, and passes one that never will be', async () => {
    const { server, clock, seqs } = await setUpRoom();
    const slow = server.reserve('lobby');
    server.publish('lobby');
    await clock.advance(3_000);
    expect(seqs).toEqual([]);
    slow.settle();
    server.skip('lobby');
    server.publish('lobby');
    await clock.advance(1_000);
    expect(seqs).toEqual([1, 2, 4]);
  });

  it('enters a room again when the heartbeat shows that it is no member any more', async () => {
    const { server, clock, seqs, room } = await setUpRoom();
    server.evict('lobby');
    server.publish('lobby');
    await clock.advance(301_000);
    expect(seqs).toEqual([1]);
    expect(room.state).toBe('live');
  });
});
