import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChatSocket, Frame } from '../support/chat-socket.ts';
import { createEntrance, fresh } from './chat.ts';

const { enter, leaveAll } = createEntrance();
afterEach(leaveAll);

const isTyping = (frame: Frame) => frame.type === 'typing';
const isPresencePush = (frame: Frame) => frame.type === 'presence' && 'joined' in frame;
const says = (list: 'joined' | 'left', userId: string) => (frame: Frame) =>
  isPresencePush(frame) && (frame[list] as string[]).includes(userId);
const countOf = (socket: ChatSocket, matches: (frame: Frame) => boolean) =>
  socket.frames.filter(matches).length;

/** Best effort means that a slow machine may drop it: somebody who types goes on typing. */
async function typeUntilHeard(
  typist: ChatSocket,
  roomId: string,
  listener: ChatSocket,
): Promise<Frame> {
  const again = setInterval(() => typist.send({ action: 'typing', roomId }), 1_000);
  typist.send({ action: 'typing', roomId });
  try {
    return await listener.find(isTyping);
  } finally {
    clearInterval(again);
  }
}

describe('typing', () => {
  it('reaches the others in the room, and neither the one who types nor a stranger', async () => {
    const [room, elsewhere] = [fresh('room'), fresh('elsewhere')];
    const [ann, ben, eve] = await Promise.all([
      enter('ann', room),
      enter('ben', room),
      enter('eve', elsewhere),
    ]);

    expect(await typeUntilHeard(ann, room, ben)).toEqual({
      type: 'typing',
      roomId: room,
      userId: 'ann',
    });
    // Whatever was on its way to these two would be there before the messages that follow it.
    await ann.request({ action: 'send', roomId: room, text: 'done' });
    await ann.messages(room, 1);
    await eve.request({ action: 'send', roomId: elsewhere, text: 'alone' });
    await eve.messages(elsewhere, 1);
    expect([countOf(ann, isTyping), countOf(eve, isTyping)]).toEqual([0, 0]);
  });

  it.each([
    { description: 'a room never joined', frame: { roomId: 'elsewhere' }, code: 'NOT_A_MEMBER' },
    { description: 'no room', frame: {}, code: 'INVALID_FRAME' },
    { description: 'a malformed room id', frame: { roomId: 'a b' }, code: 'INVALID_FRAME' },
  ])('is refused with $code for $description, with its id', async ({ frame, code }) => {
    const ann = await enter('ann', fresh('room'));
    const again = setInterval(() => ann.send({ action: 'typing', id: 'again', ...frame }), 1_000);
    ann.send({ action: 'typing', id: 'again', ...frame });
    const error = await ann.find(({ id }) => id === 'again');
    clearInterval(again);

    expect(error).toMatchObject({ type: 'error', code, retryable: false });
    expect(await ann.request({ action: 'ping' })).toMatchObject({ type: 'pong' });
  });
});

describe('presence pushes', () => {
  it('tell the members who joined, who left and whose connection closed', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    const ben = await enter('ben');
    await ben.request({ action: 'join', roomId: room });
    expect(await ann.find(says('joined', 'ben'))).toEqual({
      type: 'presence',
      roomId: room,
      joined: expect.arrayContaining(['ben']),
      left: [],
      count: 2,
    });

    const cat = await enter('cat', room);
    await ann.find(says('joined', 'cat'));
    await ben.request({ action: 'leave', roomId: room });
    expect(await ann.find(says('left', 'ben'))).toMatchObject({ left: ['ben'], count: 2 });

    cat.close();
    expect(await ann.find(says('left', 'cat'))).toMatchObject({ left: ['cat'], count: 1 });
  });

  it('announce a user with two tabs once, and the end of the last one only', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    const first = await enter('ben', room);
    await ann.find(says('joined', 'ben'));
    await enter('ben', room);
    await enter('cat', room);
    await ann.find(says('joined', 'cat'));
    first.close();
    const dan = await enter('dan', room);
    await ann.find(says('joined', 'dan'));
    dan.close();
    await ann.find(says('left', 'dan'));

    expect(countOf(ann, says('joined', 'ben'))).toBe(1);
    expect(countOf(ann, says('left', 'ben'))).toBe(0);
  });

  it('say nothing of a join that is repeated', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    const ben = await enter('ben', room);
    await ann.find(says('joined', 'ben'));
    await ben.request({ action: 'join', roomId: room });
    await enter('cat', room);
    await ann.find(says('joined', 'cat'));

    expect(countOf(ann, says('joined', 'ben'))).toBe(1);
  });
});
