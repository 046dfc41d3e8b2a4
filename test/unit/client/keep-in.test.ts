import { describe, expect, it } from '@jest/globals';
import { keepIn } from '../../../client/keep-in.ts';
import type { TextStore } from '../../../client/storage.ts';
import { record, setUpChat, upTo } from './chat-setup.ts';

function createStorage(initial: Record<string, string> = {}, isAsync = false) {
  const values = new Map(Object.entries(initial));
  const store: TextStore = {
    getItem: (key) => (isAsync ? Promise.resolve(values.get(key)) : values.get(key)),
    setItem: (key, value) => void values.set(key, value),
  };
  return { storage: keepIn(store), values };
}

describe('the storage', () => {
  it.each([{ isAsync: false }, { isAsync: true }])(
    'lets the next run go on where the last one ended (async: $isAsync)',
    async ({ isAsync }) => {
      const { storage } = createStorage({}, isAsync);
      const first = setUpChat({ storage });
      const before = record(first.client.room('lobby'));
      void first.client.connect();
      await first.clock.advance(100);
      first.server.publish('lobby');
      await first.clock.advance(100);
      first.client.close();
      first.server.publish('lobby');

      const second = setUpChat({ storage }, first);
      const after = record(second.client.room('lobby'));
      void second.client.connect();
      await second.clock.advance(1_000);
      expect([before.seqs, after.seqs]).toEqual([[1], [2]]);
    },
  );

  it('sends what the last run could not, before anything new, once', async () => {
    const { storage } = createStorage();
    const first = setUpChat({ storage });
    const room = first.client.room('lobby');
    first.server.transport.handshake = 'refuse';
    void first.client.connect();
    await first.clock.advance(100);
    for (const n of upTo(3)) void room.send(`old ${n}`);
    first.client.close();

    first.server.transport.handshake = 'open';
    const second = setUpChat({ storage }, first);
    const again = second.client.room('lobby');
    const sent = again.send('new');
    void second.client.connect();
    await second.clock.advance(5_000);
    expect(await sent).toMatchObject({ seq: 4 });
    const texts = second.server.log('lobby').map((entry) => 'text' in entry && entry.text);
    expect(texts).toEqual(['old 1', 'old 2', 'old 3', 'new']);

    second.client.close();
    const third = setUpChat({ storage }, second);
    third.client.room('lobby');
    void third.client.connect();
    await third.clock.advance(5_000);
    expect(third.server.log('lobby')).toHaveLength(4);
  });

  it('tells when a message of the last run is given up because its room is left', async () => {
    const { storage } = createStorage();
    const first = setUpChat({ storage });
    first.server.transport.handshake = 'refuse';
    void first.client.room('lobby').send('old', { clientMessageId: 'm-1' });
    void first.client.connect();
    await first.clock.advance(100);
    first.client.close();

    const second = setUpChat({ storage }, first);
    const again = second.client.room('lobby');
    const changes: string[] = [];
    again.on('outbox', ({ clientMessageId, state }) => changes.push(`${clientMessageId} ${state}`));
    void second.client.connect();
    await second.clock.advance(100);
    again.leave();
    expect(changes.at(-1)).toBe('m-1 failed');
  });

  it('prefers the position that the application names', async () => {
    const { storage } = createStorage({ 'roomcast.positions': '{"lobby":2}' });
    const { server, client, clock } = setUpChat({ storage });
    for (const _ of upTo(3)) server.publish('lobby');
    const { seqs } = record(client.room('lobby', { since: 0 }));
    void client.connect();
    await clock.advance(100);
    expect(seqs).toEqual([1, 2, 3]);
  });

  it.each(['{', '[1]', '"x"', 'null', '{"lobby":-1}', '{"lobby":"2"}', '[null,{"roomId":1}]'])(
    'ignores %s',
    async (text) => {
      const { storage } = createStorage({ 'roomcast.positions': text, 'roomcast.outbox': text });
      const { server, client, clock } = setUpChat({ storage });
      server.publish('lobby');
      const { seqs, room } = record(client.room('lobby'));
      void client.connect();
      await clock.advance(100);
      server.publish('lobby');
      await clock.advance(100);
      expect({ seqs, outbox: room.outbox }).toEqual({ seqs: [2], outbox: [] });
    },
  );

  it('tells that it fails, and does without', async () => {
    const storage = keepIn({
      getItem: () => Promise.reject(new Error('blocked')),
      setItem: () => {
        throw new Error('full');
      },
    });
    const { server, client, clock, errors } = setUpChat({ storage });
    const { seqs } = record(client.room('lobby'));
    void client.connect();
    await clock.advance(100);
    server.publish('lobby');
    await clock.advance(2_000);
    expect(seqs).toEqual([1]);
    expect(new Set(errors)).toEqual(new Set(['STORAGE']));
    client.close();
    expect(clock.pending).toBe(0);
  });
});
