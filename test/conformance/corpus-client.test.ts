import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { history, page } from '../../client/history.ts';
import { ChatClient, type WebSocketConstructor } from '../../client/index.ts';
import { presence } from '../../client/presence.ts';
import { ready } from '../../client/ready.ts';
import { createFakeSocket, type FakeSocket } from '../unit/client/fake-socket.ts';
import { type Corpus, type CorpusFrame, readCorpus } from './corpus.ts';

/** A server of an earlier time, as far as it was recorded. */
function createRecordedServer({ exchanges }: Corpus) {
  const sockets: FakeSocket[] = [];
  /** Answered with this instead. */
  const override = new Map<string, CorpusFrame>();

  const like = (asked: CorpusFrame) =>
    override.get(String(asked.action)) ??
    exchanges.find(
      ({ request, reply }) =>
        request.action === asked.action &&
        reply.type !== 'error' &&
        JSON.stringify(request.rooms) === JSON.stringify(asked.rooms) &&
        'after' in request === 'after' in asked,
    )?.reply;

  function dial(url: string): FakeSocket {
    const socket = createFakeSocket({
      url,
      protocols: [],
      onSend(data) {
        const asked: CorpusFrame = JSON.parse(data);
        const reply = like(asked);
        if (reply === undefined) return;
        queueMicrotask(() => socket.receive(JSON.stringify({ ...reply, id: asked.id })));
      },
      onClosed() {},
    });
    sockets.push(socket);
    queueMicrotask(() => socket.accept());
    return socket;
  }

  return {
    WebSocket: function recorded(url: string) {
      return dial(url);
    } as unknown as WebSocketConstructor,
    override,
    push: (frame: CorpusFrame) => sockets.at(-1)?.receive(JSON.stringify(frame)),
  };
}

describe.each([{ version: 1 }])(
  "today's library and a server that speaks version $version",
  ({ version }) => {
    const corpus = readCorpus(version);
    const recordedReply = (type: string) =>
      corpus.exchanges.find(({ reply }) => reply.type === type)?.reply;
    const pushesOf = (type: string) => corpus.pushes.filter((frame) => frame.type === type);
    let server: ReturnType<typeof createRecordedServer>;
    let client: ChatClient;
    beforeEach(() => {
      server = createRecordedServer(corpus);
      const { WebSocket } = server;
      client = new ChatClient({ url: 'ws://recorded.test/live', userId: 'ann', WebSocket });
      void client.connect();
    });
    afterEach(() => client.close());

    it('show what it pushed, once and in order', async () => {
      const red = client.room('red');
      const [messages, typing, presence] = [[], [], []] as unknown[][];
      red.on('message', (message) => messages?.push(message));
      red.on('typing', (event) => typing?.push(event));
      red.on('presence', (event) => presence?.push(event));
      await ready(red);
      for (const frame of corpus.pushes) server.push(frame);

      const recorded = pushesOf('messages').flatMap((frame) => frame.messages as { seq: number }[]);
      const once = new Map(recorded.map((message) => [message.seq, message]));
      expect(once.size).toBeGreaterThan(2);
      expect(messages).toEqual([...once.values()]);
      expect(typing).toEqual([{ userId: 'ann' }]);
      expect(presence).toEqual(
        pushesOf('presence').map(({ joined, left, count }) => ({ joined, left, count })),
      );
      expect(pushesOf('goaway')).toHaveLength(1);
      expect(client.state).toBe('open');
    });

    it('take its answers for what they are', async () => {
      const red = client.room('red');
      await ready(red);
      const { seq, messageId, sentAt, duplicate } = recordedReply('sent') ?? {};
      expect(await red.send('hello')).toEqual({ seq, messageId, sentAt, duplicate });
      const { count, users } = recordedReply('presence') ?? {};
      expect(await presence(red)).toEqual({ count, users });
      const { messages } = recordedReply('history') ?? {};
      expect(await history(red)).toEqual({ messages, before: undefined });
    });

    it('resume with what it answered', async () => {
      // Both rooms in one frame, as it was recorded.
      client.close();
      const red = client.room('red', { since: 1 });
      client.room('blue', { since: 0 });
      void client.connect();
      const seqs: number[] = [];
      red.on('message', ({ seq }) => seqs.push(seq));
      await ready(red);
      expect(seqs).toEqual([2, 3]);
    });

    it('reset where it says so', async () => {
      const fromOne = client.room('red', { since: 99 });
      const reset = new Promise((told) => fromOne.on('reset', told));
      expect(await reset).toMatchObject({ after: 99, resumedAt: 3 });
    });

    it.each(['UNKNOWN_ACTION', 'INVALID_FRAME'])('understand its %s', async (code) => {
      const red = client.room('red');
      await ready(red);
      const error = corpus.exchanges.find(({ reply }) => reply.code === code)?.reply;
      server.override.set('presence', error ?? {});
      await expect(presence(red)).rejects.toMatchObject({ code, retryable: false });
    });

    it('understand an error that answers no request', async () => {
      const told = new Promise((resolve) => client.on('error', resolve));
      await client.connect();
      const [error] = pushesOf('error');
      server.push(error ?? {});
      expect(await told).toMatchObject({ code: error?.code });
    });
  },
);

describe.each([{ version: 1 }])(
  "today's library and a server of version $version that sealed a hole",
  ({ version }) => {
    const corpus = readCorpus(version, 'hole');
    let server: ReturnType<typeof createRecordedServer>;
    let client: ChatClient;
    beforeEach(() => {
      server = createRecordedServer(corpus);
      const { WebSocket } = server;
      client = new ChatClient({ url: 'ws://recorded.test/live', userId: 'eve', WebSocket });
      void client.connect();
    });
    afterEach(() => client.close());

    function enter(since?: number) {
      const red = client.room('red', since === undefined ? {} : { since });
      const shown: number[] = [];
      const missing: object[] = [];
      red.on('message', ({ seq }) => shown.push(seq));
      red.on('gap', (gap) => missing.push(gap));
      red.on('reset', (reset) => missing.push(reset));
      return { red, shown, missing };
    }

    it('hold a later message back until the void entry says that nothing comes before it', async () => {
      const { red, shown, missing } = enter();
      await ready(red);
      const steps: number[][] = [];
      for (const frame of corpus.pushes) {
        server.push(frame);
        steps.push([...shown]);
      }
      expect(steps.at(-2)).toEqual([1]);
      expect(steps.at(-1)).toEqual([1, 3]);
      expect({ missing, position: red.position }).toEqual({ missing: [], position: 3 });
    });

    it('resume and read across it: it is accounted for, and shown to nobody', async () => {
      const { red, shown, missing } = enter(0);
      await ready(red);
      expect({ shown, missing, position: red.position }).toEqual({
        shown: [1, 3],
        missing: [],
        position: 3,
      });
      const { messages } = await page(red, { after: 0 });
      expect(messages.map(({ seq, kind }) => ({ seq, kind }))).toContainEqual({
        seq: 2,
        kind: 'void',
      });
      expect((await history(red)).messages.map(({ seq }) => seq)).toEqual([1, 3]);
    });
  },
);
