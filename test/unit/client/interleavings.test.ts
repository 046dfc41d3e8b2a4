import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Sent } from '../../../client/types.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { record, setUpChat, upTo } from './chat-setup.ts';

/** What can happen between a client and a server. */
type Step =
  | {
      do:
        | 'publish'
        | 'skip'
        | 'close'
        | 'vanish'
        | 'refuse'
        | 'welcome'
        | 'hang'
        | 'expire'
        | 'evict';
    }
  | { do: 'send' | 'calm' | 'restart' | 'loseReplies' }
  | { do: 'fault'; kind: 'loss' | 'duplicate' | 'reorder'; percent: number }
  | { do: 'pass'; ms: number };

const plain = fc
  .constantFrom(
    'publish',
    'publish',
    'publish',
    'send',
    'send',
    'skip',
    'close',
    'vanish',
    'refuse',
    'welcome',
    'hang',
    'expire',
    'evict',
    'calm',
    'restart',
    'loseReplies',
  )
  .map((name) => ({ do: name }) as Step);
const fault = fc.record({
  do: fc.constant('fault' as const),
  kind: fc.constantFrom('loss' as const, 'duplicate' as const, 'reorder' as const),
  percent: fc.integer({ min: 5, max: 60 }),
});
const pass = fc.record({
  do: fc.constant('pass' as const),
  ms: fc.constantFrom(3, 20, 200, 1_100, 7_000, 40_000),
});
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: plain },
    { weight: 1, arbitrary: fault },
    { weight: 3, arbitrary: pass },
  ),
  { maxLength: 60 },
);

async function live(script: readonly Step[], seed: number) {
  const random = seededRandom(seed);
  let tokens = 0;
  let valid = true;
  const chat = setUpChat({
    random,
    maxAgeMs: 60_000,
    heartbeatMs: 20_000,
    outboxMaxAgeMs: Number.MAX_SAFE_INTEGER / 4,
    getToken: () => (valid ? `token-${++tokens}` : Promise.reject(new Error('expired'))),
  });
  const { server, clock, client } = chat;
  const { transport } = server;
  const lobby = record(client.room('lobby', { since: 0 }));
  const settled: { text: string; sent: Sent }[] = [];
  let sends = 0;

  const calm = () => {
    transport.copies = () => 1;
    transport.copiesUp = () => 1;
    transport.delayMs = () => 5;
    transport.handshake = 'open';
    valid = true;
  };
  const act: Record<Exclude<Step['do'], 'fault' | 'pass'>, () => void> = {
    publish: () => void server.publish('lobby'),
    skip: () => server.skip('lobby'),
    close: () => server.cut('close'),
    vanish: () => server.cut('vanish'),
    restart: () => {
      server.cut('vanish');
      server.evict('lobby');
    },
    refuse: () => {
      transport.handshake = 'refuse';
    },
    hang: () => {
      transport.handshake = 'hang';
    },
    welcome: () => {
      transport.handshake = 'open';
    },
    expire: () => {
      valid = !valid;
    },
    evict: () => server.evict('lobby'),
    loseReplies: () => {
      transport.copies = (frame) => ('id' in frame ? 0 : 1);
    },
    calm,
    send: () => {
      const text = `mine ${sends}`;
      sends += 1;
      void lobby.room.send(text).then((sent) => settled.push({ text, sent }));
    },
  };

  void client.connect();
  for (const step of script) {
    if (step.do === 'pass') await clock.advance(step.ms);
    else if (step.do === 'fault') {
      const hits = () => random() * 100 < step.percent;
      if (step.kind === 'reorder') transport.delayMs = () => (hits() ? random() * 3_000 : 5);
      else {
        const other = step.kind === 'loss' ? 0 : 3;
        transport.copies = () => (hits() ? other : 1);
        transport.copiesUp = () => (hits() ? other : 1);
      }
    } else act[step.do]();
    await clock.advance(1);
  }
  calm();
  await clock.advance(300_000);
  const seqs = [...lobby.seqs];
  client.close();
  await clock.advance(5_000);
  return { ...chat, ...lobby, seqs, settled, sends };
}

describe('any interleaving of pushes, replies, losses, duplicates, cuts and expired tokens', () => {
  it('shows every message once and in order, settles every send once, and leaves no timer', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (script, seed) => {
        const { server, clock, seqs, resets, settled, sends } = await live(script, seed);
        const stored = server.log('lobby').filter(({ kind }) => kind !== 'void');
        expect(seqs).toEqual(stored.map(({ seq }) => seq));
        expect(resets).toEqual([]);
        expect(settled).toHaveLength(sends);
        for (const { text, sent } of settled) {
          expect(stored.filter((entry) => 'text' in entry && entry.text === text)).toMatchObject([
            { seq: sent.seq, messageId: sent.messageId },
          ]);
        }
        expect(clock.pending).toBe(0);
        expect(server.open).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('shows either a message or a reset for every number, when logs are trimmed or go back', async () => {
    const disaster = fc.record({
      at: fc.integer({ min: 1, max: 20 }),
      kind: fc.constantFrom('trim', 'rewind'),
      away: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(disaster, { maxLength: 4 }), fc.nat(), async (disasters, seed) => {
        const { server, clock, client } = setUpChat({ random: seededRandom(seed) });
        const { room, seqs, resets } = record(client.room('lobby', { since: 0 }));
        const account: (string | number)[] = [];
        let position = 0;
        room.on('message', ({ seq }) => {
          account.push(seq === position + 1 ? 'next' : seq);
          position = seq;
        });
        room.on('reset', ({ after, resumedAt }) => {
          account.push(after === position ? 'reset' : after);
          position = resumedAt;
        });
        void client.connect();
        await clock.advance(100);
        for (const { at, kind, away } of disasters) {
          for (const _ of upTo(at)) server.publish('lobby');
          await clock.advance(1_000);
          server.cut();
          for (const _ of upTo(away)) server.publish('lobby');
          if (kind === 'trim') server.trim('lobby', server.head('lobby') - 2);
          else server.rewind('lobby', Math.floor((server.head('lobby') - away) / 2));
          await clock.advance(60_000);
          expect(position).toBe(server.head('lobby'));
        }
        expect(account.filter((entry) => entry !== 'next' && entry !== 'reset')).toEqual([]);
        expect(resets.length).toBeLessThanOrEqual(disasters.length);
        expect(seqs.length).toBeGreaterThanOrEqual(disasters.length === 0 ? 0 : 1);
        client.close();
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
