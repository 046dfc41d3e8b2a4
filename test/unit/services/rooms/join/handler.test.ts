import { describe, expect, it } from '@jest/globals';
import { createJoinHandler } from '../../../../../services/rooms/join/handler.ts';
import { ANSWER_MAX_BYTES } from '../../../../../shared/domain/limits.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { fillRoom } from '../../../../support/fill-room.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { DAY_MS } from '../../../../support/log-entries.ts';
import { bodyOf, seqsOf } from '../../../../support/replies.ts';
import { asUser, aWebSocketMessageEvent } from '../../../../support/web-socket-events.ts';

function aHandler(options: { shardMembersMax?: number } = {}) {
  const chat = createInMemoryChat();
  const join = createJoinHandler({ ...chat, log: chat.logger, ...options });
  const ask = (frame: object, rooms?: string[]) =>
    join(
      aWebSocketMessageEvent(
        { action: 'join', roomId: 'lobby', ...frame },
        { connectionId: 'c1', connectedAt: NOON - 30, ...asUser('ada', rooms) },
      ),
    );
  return { chat, ask };
}

describe('join', () => {
  it('makes the connection a member and answers with head and count', async () => {
    const { chat, ask } = aHandler();
    await chat.admit('lobby', 'c2');
    fillRoom(chat, 'lobby', 3);

    expect(bodyOf(await ask({ id: 'j-1' }))).toEqual({
      type: 'joined',
      id: 'j-1',
      roomId: 'lobby',
      head: 3,
      count: 2,
    });
    expect(chat.memberships.allOf('lobby')).toContainEqual(
      expect.objectContaining({
        connectionId: 'c1',
        userId: 'ada',
        expiresAt: NOON - 30 + 7_800_000,
      }),
    );
  });

  it('reads the head after the membership stands, so that live and read overlap', async () => {
    const { chat, ask } = aHandler();
    await ask({});

    const membership = chat.calls.made.indexOf('memberships.join');
    const heads = chat.calls.made.flatMap((call, index) => (call === 'rooms.read' ? [index] : []));
    expect(heads.at(-1)).toBeGreaterThan(membership);
    expect(membership).toBeGreaterThan(-1);
  });

  it('answers with the head as it is after the membership', async () => {
    const { chat } = aHandler();
    const memberships = {
      ...chat.memberships,
      async join() {
        fillRoom(chat, 'lobby', 1);
      },
    };
    const join = createJoinHandler({ ...chat, memberships, log: chat.logger });
    const event = aWebSocketMessageEvent({ action: 'join', roomId: 'lobby', since: 0 });

    const answer = await join(event);
    expect(bodyOf(answer).head).toBe(1);
    expect(seqsOf(answer)).toEqual([1]);
  });

  it('joins twice without complaint', async () => {
    const { ask } = aHandler();
    await ask({});

    expect(bodyOf(await ask({})).count).toBe(1);
  });

  it('gives what was missed since a position', async () => {
    const { chat, ask } = aHandler();
    fillRoom(chat, 'lobby', 5);
    const answer = await ask({ since: 3 });

    expect(seqsOf(answer)).toEqual([4, 5]);
    expect(bodyOf(answer)).toMatchObject({ more: false });
    expect(bodyOf(answer)).not.toHaveProperty('reset');
  });

  it('says more when a page does not hold what was missed', async () => {
    const { chat, ask } = aHandler();
    fillRoom(chat, 'lobby', 150);
    const answer = await ask({ since: 0 });

    expect(seqsOf(answer)).toHaveLength(100);
    expect(bodyOf(answer)).toMatchObject({ more: true, head: 150 });
  });

  it('cuts an answer at a message boundary and says more', async () => {
    const { chat, ask } = aHandler();
    fillRoom(chat, 'lobby', 20, { text: '漢'.repeat(4_000) });
    const answer = await ask({ since: 0 });

    expect(Buffer.byteLength(answer.body)).toBeLessThanOrEqual(ANSWER_MAX_BYTES);
    expect(seqsOf(answer)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(bodyOf(answer).more).toBe(true);
  });

  it.each([
    ['retention has removed what was missed', 5, 1],
    ['the position is ahead of the head', 5, 6],
  ])('says reset when %s', async (_title, head, since) => {
    const { chat, ask } = aHandler();
    chat.rooms.put({ roomId: 'lobby', head, headAt: NOON - 40 * DAY_MS, createdAt: 1 });

    expect(bodyOf(await ask({ since }))).toMatchObject({
      messages: [],
      more: false,
      reset: true,
      head: 5,
    });
  });

  it('refuses a room that the token does not open, and leaves no membership', async () => {
    const { chat, ask } = aHandler();

    expect(bodyOf(await ask({ id: 'j-1' }, ['hall']))).toMatchObject({
      type: 'error',
      id: 'j-1',
      code: 'FORBIDDEN',
      retryable: false,
    });
    expect(chat.memberships.allOf('lobby')).toEqual([]);
  });

  it.each([['rooms.read'], ['memberships.join'], ['log.readForward']])(
    'says that the client may try again when %s fails',
    async (call) => {
      const { chat, ask } = aHandler();
      fillRoom(chat, 'lobby', 1);
      chat.calls.failNext(call);

      expect(bodyOf(await ask({ since: 0 }))).toMatchObject({
        code: 'UNAVAILABLE',
        retryable: true,
      });
    },
  );
});

describe('joining a room that becomes too full for its shards', () => {
  it('spreads it over as many as its members need, and lists nobody twice', async () => {
    const { chat, ask } = aHandler({ shardMembersMax: 2 });
    await chat.admit('lobby', 'c2', 'c3', 'c4', 'c5');
    await ask({});
    expect(chat.rooms.get('lobby').shardCount).toBe(4);

    await chat.admit('lobby', 'c2', 'c6');
    expect(await chat.memberships.count('lobby', 4)).toBe(6);
  });

  it('leaves a room alone that is just full, or was spread before', async () => {
    const { chat, ask } = aHandler({ shardMembersMax: 2 });
    await chat.admit('lobby', 'c2');
    await ask({});
    expect(chat.calls.made).not.toContain('rooms.grow');

    chat.rooms.put({ roomId: 'lobby', shardCount: 8 });
    await chat.admit('lobby', 'c3', 'c4', 'c5', 'c6', 'c7');
    await ask({});
    expect(chat.calls.made).not.toContain('rooms.grow');
  });

  it('succeeds although the room cannot be spread, and the next one tries again', async () => {
    const { chat, ask } = aHandler({ shardMembersMax: 1 });
    await chat.admit('lobby', 'c2');
    chat.calls.failNext('rooms.grow');

    expect(bodyOf(await ask({}))).toMatchObject({ type: 'joined', count: 2 });
    expect(chat.rooms.get('lobby').shardCount).toBe(1);

    await ask({});
    expect(chat.rooms.get('lobby').shardCount).toBe(2);
  });
});
