import { beforeEach, describe, expect, it } from '@jest/globals';
import { ROOM_BURST_MS } from '../../../../shared/domain/pacing.ts';
import type { FlushJob } from '../../../../shared/domain/ports.ts';
import type { Room, RoomPacing } from '../../../../shared/domain/room.ts';
import { scheduleFlush } from '../../../../shared/domain/schedule-flush.ts';
import { NOON } from '../../../support/fake-clock.ts';
import { createInMemoryChat, type InMemoryChat } from '../../../support/in-memory-chat.ts';

const roomId = 'lobby';
const due = { from: 3, dueAt: NOON + 3_700 };
const freeAt = due.dueAt + ROOM_BURST_MS;

let chat: InMemoryChat;
let seen: Room;

beforeEach(async () => {
  chat = createInMemoryChat();
  const begun = { id: 'before', from: 1, at: NOON - 1_000, version: 1 };
  await chat.rooms.save(roomId, { freeAt, members: 2, begun }, undefined);
  seen = chat.rooms.get(roomId);
});

const schedule = () => scheduleFlush(seen, due, { freeAt: 0, members: 0 }, chat);
const jobs = () => chat.jobs.queued.map(({ job }) => job as FlushJob);
const pending = () => chat.rooms.get(roomId).pacing?.pending;
const write = (change: Partial<RoomPacing>) => {
  const { version: _, ...current } = { version: 0, freeAt, members: 2, ...seen.pacing };
  return chat.rooms.save(roomId, { ...current, ...change }, seen.pacing);
};

describe('a flush that is scheduled', () => {
  it('is enqueued with what was seen of the room, and then marked on it', async () => {
    await schedule();

    expect(chat.jobs.queued).toEqual([
      { job: { kind: 'flush', roomId, id: pending()?.id, ...due, seen: 1 }, delaySeconds: 3 },
    ]);
    expect(pending()).toMatchObject(due);
    expect(chat.calls.made).toEqual(['pacings.save', 'roomJobs.send', 'pacings.save']);
  });

  it('is marked after others that have written meanwhile', async () => {
    await write({ flushed: { from: 1, through: 2 } });

    await schedule();

    expect(pending()).toMatchObject({ id: jobs()[0]?.id, ...due });
    expect(chat.rooms.get(roomId).pacing).toMatchObject({ flushed: { from: 1, through: 2 } });
  });

  it('is called earlier when the room has turned out to be free before', async () => {
    await write({ freeAt: freeAt - 2_000 });

    await schedule();

    const [late, earlier] = jobs();
    expect(late).toMatchObject({ ...due, seen: 1 });
    expect(earlier).toMatchObject({ from: 3, dueAt: due.dueAt - 2_000, seen: 2 });
    expect(pending()).toMatchObject({ id: earlier?.id });
  });

  it.each([
    {
      description: 'a flush has begun meanwhile, which may be this one',
      change: { begun: { id: 'since', from: 3, at: NOON, version: 2 } },
    },
    {
      description: 'another one is marked',
      change: { pending: { id: 'other', from: 2, dueAt: NOON } },
    },
  ])('is not marked when $description', async ({ change }) => {
    await write(change);

    await schedule();

    expect(jobs()).toHaveLength(1);
    expect(pending()?.id).not.toBe(jobs()[0]?.id);
  });

  it('is scheduled all the same when it cannot be marked', async () => {
    chat.calls.failNext('pacings.save');

    await schedule();

    expect(jobs()).toHaveLength(1);
    expect(pending()).toBeUndefined();
  });
});
