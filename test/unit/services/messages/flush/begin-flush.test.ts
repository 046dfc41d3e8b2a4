import { beforeEach, describe, expect, it } from '@jest/globals';
import { createBeginFlush } from '../../../../../services/messages/flush/begin-flush.ts';
import { FLUSH_LEASE_MS } from '../../../../../shared/domain/pacing.ts';
import type { FlushJob } from '../../../../../shared/domain/ports.ts';
import type { RoomPacing } from '../../../../../shared/domain/room.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { createInMemoryChat, type InMemoryChat } from '../../../../support/in-memory-chat.ts';

/** A frame to two members takes a second of it. */
const limits = { roomPostsPerSecond: 2, windowMaxMs: 2_000 };
const roomId = 'lobby';

let chat: InMemoryChat;

beforeEach(() => {
  chat = createInMemoryChat();
});

const begin = (job: Partial<FlushJob>) =>
  createBeginFlush({ ...chat, limits })({
    kind: 'flush',
    roomId,
    id: 'mine',
    from: 5,
    dueAt: NOON,
    seen: 7,
    ...job,
  });

/** Numbers up to 9 have been given out, and a room that was written nine times stands so. */
function given(pacing: Partial<RoomPacing>): void {
  chat.rooms.put({
    roomId,
    head: 9,
    headAt: NOON,
    pacing: { version: 9, freeAt: NOON, members: 2, ...pacing },
  });
}

const pacing = () => chat.rooms.get(roomId).pacing;
const other = { id: 'other', from: 5, at: NOON, version: 8 };

describe('a flush without a mark', () => {
  it.each([
    { description: 'has begun since it was enqueued', state: { begun: other } },
    {
      description: 'has come past it since it was enqueued',
      state: { begun: { ...other, at: 0 }, flushed: { from: 5, through: 8 } },
    },
  ])('ends at once, for one read, when another one $description', async ({ state }) => {
    given(state);

    expect(await begin({})).toBeUndefined();

    expect(chat.calls.made).toEqual(['rooms.read']);
  });

  it.each([
    { description: 'began before its entries were stored', begun: { ...other, version: 7 } },
    { description: 'reads from beyond its first entry', begun: { ...other, from: 6 } },
    { description: 'may be lost', begun: { ...other, at: NOON - FLUSH_LEASE_MS - 1 } },
    { description: 'was this very one, and failed', begun: { ...other, id: 'mine' } },
  ])('begins when the other one $description', async ({ begun }) => {
    given({ begun });

    expect(await begin({})).toMatchObject({ start: 5 });

    expect(pacing()).toMatchObject({ begun: { id: 'mine', from: 5, at: NOON, version: 10 } });
  });

  it('begins when its job does not tell what was left to it', async () => {
    given({ begun: other });
    const { seen: _, ...job } = { id: 'mine', seen: 0 };

    expect(
      await createBeginFlush({ ...chat, limits })({
        kind: 'flush',
        roomId,
        from: 5,
        dueAt: NOON,
        ...job,
      }),
    ).toMatchObject({ start: 5 });
  });

  it('takes the mark off of one that would begin behind it, and which then ends at once', async () => {
    given({ pending: { id: 'marked', from: 7, dueAt: NOON } });

    expect(await begin({ seen: 6 })).toMatchObject({ start: 5 });
    expect(pacing()).not.toHaveProperty('pending');

    expect(await begin({ id: 'marked', from: 7, seen: 8 })).toBeUndefined();
  });

  it('takes over what was left to one that is lost, whatever has begun since', async () => {
    const pending = { id: 'lost', from: 4, dueAt: NOON - FLUSH_LEASE_MS - 1 };
    given({ pending, begun: { ...other, from: 4 } });

    expect(await begin({})).toMatchObject({ start: 4 });
  });
});

describe('a flush with a mark', () => {
  it('begins though another one has: entries may have been left to it since', async () => {
    given({ begun: other, pending: { id: 'mine', from: 5, dueAt: NOON } });

    expect(await begin({})).toMatchObject({ start: 5 });
    expect(pacing()).not.toHaveProperty('pending');
  });

  it('begins behind what flushes have come to', async () => {
    given({ flushed: { from: 2, through: 6 }, pending: { id: 'mine', from: 5, dueAt: NOON } });

    expect(await begin({})).toMatchObject({ start: 7 });
  });

  it.each([
    // Five entries, a frame each so far: five seconds.
    { perFrame: 1, expected: 5_000 },
    { perFrame: 4, expected: 2_000 },
    { perFrame: 5, expected: 1_000 },
    { perFrame: undefined, expected: 1_000 },
  ])('tells others what it is taken to post, at $perFrame to a frame', async (state) => {
    const { expected, perFrame } = state;
    given(perFrame === undefined ? {} : { perFrame });

    await begin({});

    expect(pacing()?.freeAt).toBe(NOON + expected);
  });
});
