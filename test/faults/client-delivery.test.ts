import { describe, expect, it } from '@jest/globals';
import type { ProxyFrame } from '../support/proxy-lane.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { isPush, setUpProxiedChat } from './proxied-chat.ts';

const chat = setUpProxiedChat();

describe('a push that goes astray', () => {
  it.each([{ share: 0.05 }, { share: 0.5 }])(
    'is found with one heartbeat and fetched on the same connection when $share of them are lost',
    async ({ share }) => {
      const count = 60;
      // Far apart, so that a slow answer is not taken for a second heartbeat.
      const member = await chat.enter({ heartbeatMs: 4_000 });
      const random = seededRandom(7);
      const isLast = ({ body }: ProxyFrame) =>
        (body.messages as { text?: string }[]).some(({ text }) => text === `message ${count}`);
      chat.proxy.rules({
        frame: (frame) =>
          isPush(frame) && (random() < share || isLast(frame)) ? 'suppress' : 'pass',
      });
      await chat.publish(count);
      await chat.expectAll(member);
      expect(chat.proxy.connections).toBe(1);

      const lastLostAt = chat.frames('suppressed').at(-1)?.atMs ?? 0;
      const repair = chat.asked('history').find(({ atMs }) => atMs >= lastLostAt);
      const pingsBefore = chat
        .asked('ping')
        .filter(({ atMs }) => atMs >= lastLostAt && atMs <= (repair?.atMs ?? 0));
      expect(chat.frames('suppressed').length).toBeGreaterThan(0);
      expect(pingsBefore.length).toBeLessThanOrEqual(1);
    },
  );

  it('is waited for, not asked for, when it comes after later ones, and shown in its place', async () => {
    const member = await chat.enter({ holdBackMs: 10_000 });
    chat.proxy.rules({
      frame: (frame) => (isPush(frame) && frame.index % 2 === 0 ? 'hold' : 'pass'),
    });
    await chat.publish(30);
    await chat.expectAll(member);
    expect(chat.frames('held').length).toBeGreaterThan(0);
    expect(chat.asked('history')).toEqual([]);
    expect(chat.proxy.connections).toBe(1);
  });

  it('is shown once when every frame arrives three times, in both directions', async () => {
    const member = await chat.enter();
    chat.proxy.rules({ frame: () => ({ copies: 3 }) });
    const sent = await Promise.all(
      Array.from({ length: 10 }, (_, index) => member.room.send(`own ${index}`)),
    );
    await chat.publish(20);
    chat.proxy.cut('terminate');
    await chat.publish(20);
    await chat.expectAll(member, sent);
  });
});

describe('a send whose reply is lost', () => {
  const loseReply = ({ body, connection }: ProxyFrame) => {
    if (connection > 1) return 'pass';
    return body.type === 'sent' ? 'terminate' : body.type === 'messages' ? 'suppress' : 'pass';
  };
  const texts = async () => {
    const { messages } = await chat.publisher.request({ action: 'history', roomId: chat.roomId });
    return (messages as { text?: string; seq: number }[]).filter(({ text }) => text === 'once');
  };

  it('is settled by the message itself when the member knows it for its own', async () => {
    const member = await chat.enter();
    chat.proxy.rules({ frame: loseReply });
    const sent = await member.room.send('once');
    expect(await texts()).toEqual([expect.objectContaining({ seq: sent.seq })]);
    await chat.expectAll(member, [sent]);
  });

  it('is sent again otherwise, chat.stored once, and answered with the number of the first attempt', async () => {
    // Who they are stands in the URL only: the library cannot tell own messages from others.
    const member = await chat.enter({ userId: undefined } as object, '?userId=member');
    chat.proxy.rules({ frame: loseReply });
    const sent = await member.room.send('once');
    expect(sent).toMatchObject({ duplicate: true });
    expect(await texts()).toEqual([expect.objectContaining({ seq: sent.seq })]);
    expect(chat.asked('send')).toHaveLength(2);
    await chat.expectAll(member, [sent]);
  });

  it('is sent again on the same connection when only the reply goes astray', async () => {
    const member = await chat.enter({ requestTimeoutMs: 1_500 });
    let lost = 0;
    chat.proxy.rules({
      frame: (frame) => {
        if (isPush(frame)) return 'suppress';
        if (frame.body.type !== 'sent' || lost === 1) return 'pass';
        lost += 1;
        return 'suppress';
      },
    });
    const sent = await member.room.send('once');
    chat.proxy.rules();
    expect(sent).toMatchObject({ duplicate: true });
    expect(await texts()).toHaveLength(1);
    await chat.expectAll(member, [sent]);
    expect(chat.proxy.connections).toBe(1);
  });
});

describe('everything at once', () => {
  it.each([{ seed: 1 }, { seed: 2 }, { seed: 3 }])(
    'leaves every message shown once and in order (seed $seed)',
    async ({ seed }) => {
      const random = seededRandom(seed);
      const member = await chat.enter({ requestTimeoutMs: 700, random });
      chat.proxy.rules({
        frame: () => {
          const draw = random();
          if (draw < 0.02) return 'terminate';
          if (draw < 0.03) return 'close';
          if (draw < 0.08) return 'suppress';
          if (draw < 0.13) return 'hold';
          if (draw < 0.23) return { delayMs: random() * 60 };
          return draw < 0.3 ? { copies: 2 } : 'pass';
        },
      });
      const own = Array.from({ length: 10 }, (_, index) => member.room.send(`own ${index}`));
      await chat.publish(40);
      const sent = await Promise.all(own);
      await chat.publish(1);
      await chat.expectAll(member, sent);
    },
  );
});
