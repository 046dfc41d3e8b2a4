import { describe, expect, it } from '@jest/globals';
import { createSend } from '../../../../../services/messages/1-send/send.ts';
import { ChatError, rateLimited } from '../../../../../shared/domain/errors.ts';
import {
  RECEIPT_LIFETIME_MS,
  SEND_ANSWER_WITHIN_MS,
  SEND_TIMEOUT_MS,
  SEND_WRITE_WITHIN_MS,
} from '../../../../../shared/domain/limits.ts';
import { createCalls } from '../../../../support/calls.ts';
import { createInMemoryChat, type InMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aMessage } from '../../../../support/log-entries.ts';

const admitted = () => Promise.resolve();
const command = (overrides: { text?: string; clientMessageId?: string } = {}) => ({
  roomId: 'lobby',
  userId: 'ada',
  text: 'hello',
  receivedAt: 1,
  ...overrides,
});
const once = command({ clientMessageId: 'c-1' });

function aSender(chat: InMemoryChat = createInMemoryChat()) {
  return { chat, send: createSend(chat) };
}

const kinds = (chat: InMemoryChat) =>
  chat.log.rowsOf('lobby').map(({ entry }) => `${entry.seq} ${entry.kind}`);

describe('send', () => {
  it('gives consecutive numbers', async () => {
    const { chat, send } = aSender();
    const sent = [await send(command(), admitted()), await send(command(), admitted())];

    expect(sent.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(kinds(chat)).toEqual(['1 message', '2 message']);
  });

  it('stores one message for fifty sends at once with one client message id', async () => {
    const { chat, send } = aSender();
    const sent = await Promise.all(Array.from({ length: 50 }, () => send(once, admitted())));

    const messages = chat.log.rowsOf('lobby').filter(({ entry }) => entry.kind === 'message');
    expect(messages).toHaveLength(1);
    expect(new Set(sent.map(({ seq }) => seq))).toEqual(new Set([messages[0]?.entry.seq]));
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1);
    expect(sent.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  });

  it('leaves no hole behind those fifty: numbers that are given up are sealed at once', async () => {
    const { chat, send } = aSender();
    await Promise.all(Array.from({ length: 50 }, () => send(once, admitted())));

    const { head } = chat.rooms.get('lobby');
    expect(chat.log.rowsOf('lobby').map(({ entry }) => entry.seq)).toEqual(
      Array.from({ length: head }, (_, index) => index + 1),
    );
  });

  it('takes no number for an ordinary retry', async () => {
    const { chat, send } = aSender();
    const first = await send(once, admitted());
    chat.clock.advance(RECEIPT_LIFETIME_MS - 1);

    expect(await send(once, admitted())).toEqual({ ...first, duplicate: true });
    expect(chat.rooms.get('lobby').head).toBe(1);
  });

  it('keeps messages of different users and rooms apart', async () => {
    const { send } = aSender();
    const sent = [
      await send(once, admitted()),
      await send({ ...once, userId: 'bob' }, admitted()),
      await send({ ...once, roomId: 'hall' }, admitted()),
    ];

    expect(sent.map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
  });

  it('does not store for somebody who is refused', async () => {
    const { chat, send } = aSender();
    const refusal = new ChatError('NOT_A_MEMBER', 'Join first.');

    await expect(send(once, Promise.reject(refusal))).rejects.toBe(refusal);
    expect(chat.calls.made).toEqual(['store.findReceipt']);
  });

  it('reads the time after the number was given out, for readers date holes by it', async () => {
    const chat: InMemoryChat = createInMemoryChat({
      calls: createCalls(async (name) => {
        if (name === 'sequencer.next') chat.clock.advance(700);
      }),
    });
    const { sentAt } = await aSender(chat).send(command(), admitted());

    expect(sentAt).toBe(chat.rooms.get('lobby').headAt);
  });

  it('takes another number when its own has been sealed away', async () => {
    const chat: InMemoryChat = createInMemoryChat({
      calls: createCalls(async (name) => {
        const number = chat.rooms.get('lobby').head;
        const isFirst = name === 'store.append' && number === 1;
        if (isFirst) chat.log.insert({ entry: { ...aVoidAt(number) }, expiresAt: Infinity });
      }),
    });

    expect(await aSender(chat).send(once, admitted())).toMatchObject({ seq: 2, duplicate: false });
    expect(kinds(chat)).toEqual(['1 void', '2 message']);
  });

  it('gives up when number after number is sealed away', async () => {
    const chat: InMemoryChat = createInMemoryChat({
      calls: createCalls(async (name) => {
        const number = chat.rooms.get('lobby').head;
        if (name === 'store.append') {
          chat.log.insert({ entry: { ...aVoidAt(number) }, expiresAt: Infinity });
        }
      }),
    });

    await expect(aSender(chat).send(once, admitted())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
    expect(chat.rooms.get('lobby').head).toBe(3);
  });

  it('acknowledges a message that was stored although the reply was lost', async () => {
    const { chat, send } = aSender();
    chat.calls.loseReplyOf('store.append');
    const sent = await send(once, admitted());

    expect(sent).toMatchObject({ seq: 1, duplicate: false });
    expect(chat.log.at('lobby', 1)?.entry).toMatchObject({ messageId: sent.messageId });
  });

  it('seals its number when it could not store, and says so', async () => {
    const { chat, send } = aSender();
    chat.calls.failNext('store.append');

    await expect(send(once, admitted())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(kinds(chat)).toEqual(['1 void']);
  });

  it('passes the failure on when it cannot even tell what became of the message', async () => {
    const { chat, send } = aSender();
    chat.calls.loseReplyOf('store.append');
    chat.calls.failNext('log.seal');

    await expect(send(once, admitted())).rejects.toThrow('store.append');
    expect(await send(once, admitted())).toMatchObject({ seq: 1, duplicate: true });
  });

  it('acknowledges a duplicate even if its number cannot be sealed now', async () => {
    const { chat, send } = aSender();
    chat.calls.failNext('log.seal', 10);
    const sent = await Promise.all([send(once, admitted()), send(once, admitted())]);

    expect(new Set(sent.map(({ seq }) => seq)).size).toBe(1);
  });

  describe('into a room whose log is throttled', () => {
    async function aBusyChat() {
      const chat = createInMemoryChat();
      const { send } = aSender(chat);
      await send(command({ clientMessageId: 'before' }), admitted());
      chat.calls.failNext('store.append', 1, rateLimited('lobby'));
      await expect(send(once, admitted())).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      return { chat, send };
    }

    it('takes no numbers for a while, which nobody could store under', async () => {
      const { chat, send } = await aBusyChat();
      const { head } = chat.rooms.get('lobby');

      await expect(send(once, admitted())).rejects.toMatchObject({
        code: 'RATE_LIMITED',
        retryable: true,
        retryAfterMs: 1_000,
      });
      expect(chat.rooms.get('lobby').head).toBe(head);
      chat.clock.advance(1_000);
      expect(await send(once, admitted())).toMatchObject({ duplicate: false });
    });

    it('still finds what was stored before', async () => {
      const { send } = await aBusyChat();

      const again = await send(command({ clientMessageId: 'before' }), admitted());
      expect(again).toMatchObject({ seq: 1, duplicate: true });
    });

    it('holds up no other room', async () => {
      const { send } = await aBusyChat();

      expect(await send({ ...once, roomId: 'hall' }, admitted())).toMatchObject({ seq: 1 });
    });
  });

  describe('when the time is over', () => {
    /** Time that stands still until the test says that a limit has been reached. */
    function aSenderOn(calls: (name: string, expire: (ms: number) => void) => Promise<void>) {
      const limits = new Map<number, AbortController>();
      const expire = (ms: number) => {
        for (const [limit, controller] of limits) if (limit <= ms) controller.abort();
      };
      const chat = createInMemoryChat({ calls: createCalls((name) => calls(name, expire)) });
      const expireIn = (ms: number) => {
        const controller = new AbortController();
        limits.set(ms, controller);
        return controller.signal;
      };
      return { chat, send: createSend({ ...chat, expireIn }) };
    }
    const never = () => new Promise<void>(() => {});

    it('leaves time for an answer before the function is ended', () => {
      expect(SEND_WRITE_WITHIN_MS).toBeLessThan(SEND_ANSWER_WITHIN_MS);
      expect(SEND_ANSWER_WITHIN_MS).toBeLessThanOrEqual(SEND_TIMEOUT_MS - 250);
    });

    it.each(['store.findReceipt', 'sequencer.next', 'store.append'])(
      'answers although %s never does',
      async (stuck) => {
        const { send } = aSenderOn(async (name, expire) => {
          if (name !== stuck) return;
          expire(SEND_ANSWER_WITHIN_MS);
          await never();
        });

        await expect(send(once, admitted())).rejects.toMatchObject({
          code: 'UNAVAILABLE',
          retryable: true,
          retryAfterMs: 1_000,
        });
      },
    );

    it('answers although it is never told whether the sender may', async () => {
      const { chat, send } = aSenderOn(async (_name, expire) => expire(SEND_ANSWER_WITHIN_MS));

      await expect(send(once, never())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(chat.rooms.get('lobby').head).toBe(0);
    });

    it('takes no number any more', async () => {
      const { chat, send } = aSenderOn(async (_name, expire) => expire(SEND_WRITE_WITHIN_MS));

      await expect(send(once, admitted())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(chat.calls.made).toEqual(['store.findReceipt']);
    });

    it('seals the number that came too late rather than storing under it', async () => {
      const { chat, send } = aSenderOn(async (name, expire) => {
        if (name === 'sequencer.next') expire(SEND_WRITE_WITHIN_MS);
      });

      await expect(send(once, admitted())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(kinds(chat)).toEqual(['1 void']);
      expect(chat.calls.made).not.toContain('store.append');
    });
  });

  it('keeps a second attempt from storing what a slow first one stores after all', async () => {
    const { chat, send } = aSender();
    chat.calls.failNext('store.append');
    await expect(send(once, admitted())).rejects.toThrow();
    const late = aMessage({ seq: 1, messageId: 'late', clientMessageId: 'c-1' });

    expect(await chat.store.append(late, Infinity)).toEqual({ outcome: 'number-taken' });
    expect(await send(once, admitted())).toMatchObject({ seq: 2, duplicate: false });
  });
});

function aVoidAt(seq: number) {
  return { kind: 'void', roomId: 'lobby', seq, sentAt: 0 } as const;
}
