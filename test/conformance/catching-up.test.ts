import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChatSocket, Frame, ReceivedMessage } from '../support/chat-socket.ts';
import { createEntrance, fresh } from './chat.ts';

const { enter, leaveAll } = createEntrance();
afterEach(leaveAll);

const seqs = (frame: Frame) => (frame.messages as ReceivedMessage[]).map(({ seq }) => seq);

/** Sends so many messages, one after the other, so that their numbers are 1, 2, 3, … */
async function say(socket: ChatSocket, roomId: string, count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1) {
    await socket.request({ action: 'send', roomId, text: `message ${index}` });
  }
}

describe('history', () => {
  it('gives the newest page without a position, and pages in both directions', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    await say(ann, room, 7);
    const ask = (query: object) =>
      ann.request({ action: 'history', roomId: room, limit: 3, ...query });

    const newest = await ask({});
    expect(newest).toMatchObject({ type: 'history', roomId: room, head: 7, more: true });
    expect(seqs(newest)).toEqual([5, 6, 7]);
    expect(seqs(await ask({ before: 5 }))).toEqual([2, 3, 4]);
    expect(await ask({ before: 2 })).toMatchObject({ more: false });
    expect(seqs(await ask({ before: 2 }))).toEqual([1]);
    expect(seqs(await ask({ after: 0 }))).toEqual([1, 2, 3]);
    expect(await ask({ after: 4 })).toMatchObject({ more: false });
    expect(seqs(await ask({ after: 4 }))).toEqual([5, 6, 7]);
    expect(seqs(await ask({ after: 7 }))).toEqual([]);
  });

  it('holds a message as soon as it is acknowledged', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    const sent = await ann.request({ action: 'send', roomId: room, text: 'now' });
    expect(seqs(await ann.request({ action: 'history', roomId: room }))).toEqual([sent.seq]);
  });

  it('is cut at 100 KB and says that there is more', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    const text = '語'.repeat(4_000);
    for (let index = 0; index < 12; index += 1) {
      await ann.request({ action: 'send', roomId: room, text });
    }
    const newest = await ann.request({ action: 'history', roomId: room });
    expect(Buffer.byteLength(JSON.stringify(newest))).toBeLessThanOrEqual(100 * 1024 + 200);
    expect(newest.more).toBe(true);
    expect(seqs(newest).at(-1)).toBe(12);
    const oldest = await ann.request({ action: 'history', roomId: room, after: 0 });
    expect(seqs(oldest)[0]).toBe(1);
    expect(oldest.more).toBe(true);
  });
});

describe('join with since', () => {
  it('returns exactly what was missed', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    await say(ann, room, 5);
    const ben = await enter('ben');
    const joined = await ben.request({ action: 'join', roomId: room, since: 2 });
    expect(joined).toMatchObject({ type: 'joined', roomId: room, head: 5, count: 2, more: false });
    expect(seqs(joined)).toEqual([3, 4, 5]);
  });

  it('returns no messages without since, and may be repeated', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    await say(ann, room, 1);
    const again = await ann.request({ action: 'join', roomId: room });
    expect(again).toMatchObject({ type: 'joined', head: 1, count: 1 });
    expect(again).not.toHaveProperty('messages');
  });

  it('says reset to a position ahead of the room', async () => {
    const ann = await enter('ann');
    const joined = await ann.request({ action: 'join', roomId: fresh('room'), since: 9 });
    expect(joined).toMatchObject({ type: 'joined', head: 0, reset: true, messages: [] });
  });
});

describe('resume', () => {
  it('makes a new connection a member of its rooms and returns what it missed in each', async () => {
    const [red, blue] = [fresh('red'), fresh('blue')];
    const [ann, ben] = await Promise.all([enter('ann', red), enter('ben', blue)]);
    await Promise.all([say(ann, red, 3), say(ben, blue, 2)]);

    const back = await enter('cat');
    const resumed = await back.request({ action: 'resume', rooms: { [red]: 1, [blue]: 0 } });
    const rooms = resumed.rooms as Record<string, Frame>;
    expect(rooms[red]).toMatchObject({ status: 'ok', head: 3 });
    expect(seqs(rooms[red] as Frame)).toEqual([2, 3]);
    expect(seqs(rooms[blue] as Frame)).toEqual([1, 2]);

    await ann.request({ action: 'send', roomId: red, text: 'live again' });
    // The pushes of earlier messages may still be on their way to everybody in the room.
    const isLive = ({ seq }: ReceivedMessage) => seq === 4;
    const push = await back.find(
      ({ type, messages }) => type === 'messages' && (messages as ReceivedMessage[]).some(isLive),
    );
    const live = (push.messages as ReceivedMessage[]).find(isLive);
    expect(live).toMatchObject({ text: 'live again' });
  });

  it('works from nothing, and twice in a row', async () => {
    const room = fresh('room');
    const ann = await enter('ann');
    const empty = { [room]: { status: 'ok', messages: [], head: 0 } };
    for (let round = 0; round < 2; round += 1) {
      const resumed = await ann.request({ action: 'resume', rooms: { [room]: 0 } });
      expect(resumed.rooms).toEqual(empty);
    }
  });

  it('says more when a page does not hold it all, and history continues there', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        ann.request({ action: 'send', roomId: room, text: `message ${index}` }),
      ),
    );
    const back = await enter('ben');
    const resumed = await back.request({ action: 'resume', rooms: { [room]: 0 } });
    const { status, messages } = (resumed.rooms as Record<string, Frame>)[room] as Frame;
    expect(status).toBe('more');
    const last = (messages as ReceivedMessage[]).at(-1)?.seq ?? 0;
    const rest = await back.request({ action: 'history', roomId: room, after: last, limit: 100 });
    expect([...(messages as ReceivedMessage[]).map(({ seq }) => seq), ...seqs(rest)]).toEqual(
      Array.from({ length: 120 }, (_, index) => index + 1),
    );
  });
});

describe('ping', () => {
  it('tells the heads of the rooms named, of members only', async () => {
    const room = fresh('room');
    const ann = await enter('ann', room);
    await say(ann, room, 2);
    const pong = await ann.request({ action: 'ping', rooms: { [room]: 0, [fresh('other')]: 0 } });
    expect(pong).toMatchObject({ type: 'pong', heads: { [room]: 2 } });
    expect(Object.keys(pong.heads as object)).toEqual([room]);
    expect(Date.parse(String(pong.time))).not.toBeNaN();
  });
});
