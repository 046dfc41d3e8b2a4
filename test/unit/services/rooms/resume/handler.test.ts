import { describe, expect, it } from '@jest/globals';
import { createResumeHandler } from '../../../../../services/rooms/resume/handler.ts';
import { ANSWER_MAX_BYTES } from '../../../../../shared/domain/limits.ts';
import type { ResumedRoom } from '../../../../../shared/protocol/frames.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { fillRoom } from '../../../../support/fill-room.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aStoredMessage, DAY_MS } from '../../../../support/log-entries.ts';
import { asUser, aWebSocketMessageEvent } from '../../../../support/web-socket-events.ts';

function aHandler() {
  const chat = createInMemoryChat();
  const handler = createResumeHandler({ ...chat, log: chat.logger });
  async function resume(rooms: Record<string, number>, opened?: string[]) {
    const event = aWebSocketMessageEvent(
      { action: 'resume', rooms },
      { connectionId: 'c1', ...asUser('ada', opened) },
    );
    const { body } = await handler(event);
    const answer = JSON.parse(body) as { rooms: Record<string, ResumedRoom> };
    return { body, rooms: answer.rooms };
  }
  return { chat, resume };
}

const summary = (rooms: Record<string, ResumedRoom>) =>
  Object.fromEntries(
    Object.entries(rooms).map(([roomId, { status, messages, head }]) => [
      roomId,
      [status, messages.map(({ seq }) => seq), head],
    ]),
  );

describe('resume', () => {
  it('joins every room and gives what was missed in each', async () => {
    const { chat, resume } = aHandler();
    fillRoom(chat, 'lobby', 5);
    fillRoom(chat, 'hall', 2);
    const { rooms } = await resume({ lobby: 3, hall: 2, empty: 0 });

    expect(summary(rooms)).toEqual({
      lobby: ['ok', [4, 5], 5],
      hall: ['ok', [], 2],
      empty: ['ok', [], 0],
    });
    for (const roomId of ['lobby', 'hall', 'empty']) {
      expect(chat.memberships.allOf(roomId)).toMatchObject([{ connectionId: 'c1', userId: 'ada' }]);
    }
  });

  it('reads the heads after all memberships stand', async () => {
    const { chat, resume } = aHandler();
    await resume({ lobby: 0, hall: 0 });

    const { made } = chat.calls;
    expect(made.lastIndexOf('rooms.readMany')).toBeGreaterThan(
      made.lastIndexOf('memberships.join'),
    );
    expect(chat.calls.count('memberships.join')).toBe(2);
  });

  it('denies rooms that the token does not open, and goes on with the others', async () => {
    const { chat, resume } = aHandler();
    fillRoom(chat, 'lobby', 1);
    fillRoom(chat, 'secret', 9);
    const { rooms } = await resume({ secret: 0, lobby: 0 }, ['lobby']);

    expect(summary(rooms)).toEqual({ secret: ['denied', [], 0], lobby: ['ok', [1], 1] });
    expect(chat.memberships.allOf('secret')).toEqual([]);
  });

  it('says more when a page does not hold what was missed', async () => {
    const { chat, resume } = aHandler();
    fillRoom(chat, 'lobby', 150);
    const { rooms } = await resume({ lobby: 10 });

    expect(rooms.lobby).toMatchObject({ status: 'more', head: 150 });
    expect(rooms.lobby?.messages.at(0)?.seq).toBe(11);
    expect(rooms.lobby?.messages).toHaveLength(100);
  });

  it('says ok and answers up to a young hole, with a head that is ahead', async () => {
    const { chat, resume } = aHandler();
    chat.log.insert(aStoredMessage({ seq: 1 }));
    chat.log.insert(aStoredMessage({ seq: 3 }));
    chat.rooms.put({ roomId: 'lobby', head: 3, headAt: NOON, createdAt: NOON });

    expect(summary((await resume({ lobby: 0 })).rooms)).toEqual({ lobby: ['ok', [1], 3] });
  });

  it('says reset when retention has removed what was missed', async () => {
    const { chat, resume } = aHandler();
    chat.log.insert(aStoredMessage({ seq: 8, sentAt: NOON - DAY_MS }));
    chat.rooms.put({ roomId: 'lobby', head: 8, headAt: NOON - DAY_MS, createdAt: 1 });

    expect(summary((await resume({ lobby: 3 })).rooms)).toEqual({ lobby: ['reset', [], 8] });
  });

  it('shares one answer among all rooms, and never exceeds it', async () => {
    const { chat, resume } = aHandler();
    const named = Array.from({ length: 50 }, (_, index) => `${'r'.repeat(120)}-${index}`);
    for (const roomId of named) fillRoom(chat, roomId, 3, { text: '漢'.repeat(1_000) });
    const { body, rooms } = await resume(Object.fromEntries(named.map((roomId) => [roomId, 0])));

    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(ANSWER_MAX_BYTES);
    const statuses = named.map((roomId) => rooms[roomId]?.status);
    expect(statuses).toContain('ok');
    expect(statuses).toContain('more');
    for (const { status, messages } of Object.values(rooms)) {
      expect(status).toBe(messages.length === 3 ? 'ok' : 'more');
      expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3].slice(0, messages.length));
    }
  });

  it('gets everything over in the end when it is asked again and again', async () => {
    const { chat, resume } = aHandler();
    const positions: Record<string, number> = {};
    for (let index = 0; index < 12; index += 1) {
      fillRoom(chat, `room-${index}`, 2, { text: '漢'.repeat(4_000) });
      positions[`room-${index}`] = 0;
    }
    for (let round = 0; round < 4; round += 1) {
      const { rooms } = await resume(positions);
      for (const [roomId, { messages }] of Object.entries(rooms)) {
        positions[roomId] = messages.at(-1)?.seq ?? positions[roomId] ?? 0;
      }
    }

    expect(Object.values(positions)).toEqual(new Array(12).fill(2));
  });
});
