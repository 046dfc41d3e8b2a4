import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type BegunFlush,
  createBeginFlush,
} from '../../../../../services/messages/flush/begin-flush.ts';
import {
  createRecordFlush,
  type DoneFlush,
} from '../../../../../services/messages/flush/record-flush.ts';
import { ROOM_BURST_MS } from '../../../../../shared/domain/pacing.ts';
import type { FlushJob } from '../../../../../shared/domain/ports.ts';
import { scheduleFlush } from '../../../../../shared/domain/schedule-flush.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { createInMemoryChat, type InMemoryChat } from '../../../../support/in-memory-chat.ts';

/** A frame to two members takes a second of it. */
const limits = { roomPostsPerSecond: 2, windowMaxMs: 2_000 };
const roomId = 'lobby';

let chat: InMemoryChat;

beforeEach(() => {
  chat = createInMemoryChat();
  const pacing = { version: 1, freeAt: NOON + ROOM_BURST_MS, members: 2, perFrame: 1 };
  chat.rooms.put({ roomId, head: 5, headAt: NOON, pacing });
});

const jobOf = (id: string): FlushJob => ({
  kind: 'flush',
  roomId,
  id,
  from: 1,
  dueAt: NOON,
  seen: 0,
});
const begin = (job: FlushJob) => createBeginFlush({ ...chat, limits })(job);
const record = (begun: BegunFlush, done: Partial<DoneFlush>) =>
  createRecordFlush(chat)(begun, { through: 5, freeAt: TOOK_ONE_FRAME, members: 2, ...done });
const pacing = () => chat.rooms.get(roomId).pacing;
const scheduled = () => chat.jobs.queued.splice(0).map(({ job }) => job as FlushJob);

/** Five frames are expected, of which each takes a second. */
const EXPECTED = NOON + ROOM_BURST_MS + 5_000;
const TOOK_ONE_FRAME = NOON + ROOM_BURST_MS + 1_000;

async function beginOne(): Promise<BegunFlush> {
  const begun = await begin(jobOf('one'));
  if (begun === undefined) throw new Error('It was to begin.');
  expect(pacing()?.freeAt).toBe(EXPECTED);
  return begun;
}

/** As fan-out does with what comes meanwhile, and has to wait. */
async function schedule(): Promise<FlushJob> {
  const due = { from: 4, dueAt: EXPECTED - ROOM_BURST_MS };
  await scheduleFlush(chat.rooms.get(roomId), due, { freeAt: 0, members: 0 }, chat);
  const [job] = scheduled();
  expect(pacing()?.pending?.id).toBe(job?.id);
  return job as FlushJob;
}

describe('what a flush has done', () => {
  it('stands instead of what was expected', async () => {
    await record(await beginOne(), {});

    expect(pacing()).toMatchObject({
      freeAt: TOOK_ONE_FRAME,
      flushed: { from: 1, through: 5 },
      begun: { id: 'one' },
    });
  });

  it('calls the flush earlier that was scheduled by what was expected, and which then ends at once', async () => {
    const begun = await beginOne();
    const late = await schedule();

    await record(begun, {});

    const [earlier] = scheduled();
    const dueAt = TOOK_ONE_FRAME - ROOM_BURST_MS;
    expect(earlier).toMatchObject({ from: 4, dueAt });
    expect(pacing()).toMatchObject({
      freeAt: TOOK_ONE_FRAME,
      pending: { id: earlier?.id, from: 4, dueAt },
    });
    chat.clock.advance(1_000);
    expect(await begin(earlier as FlushJob)).toMatchObject({ start: 6 });
    chat.clock.advance(4_000);
    expect(await begin(late)).toBeUndefined();
  });

  it('leaves a flush its time that may begin nearly as late', async () => {
    const begun = await beginOne();
    const { id } = await schedule();

    await record(begun, { freeAt: EXPECTED - 50 });

    expect(pacing()).toMatchObject({ freeAt: EXPECTED - 50, pending: { id } });
    expect(scheduled()).toEqual([]);
  });

  it('is written down even if no flush can be called earlier', async () => {
    const begun = await beginOne();
    const { id } = await schedule();
    chat.calls.failNext('roomJobs.send');

    expect(await record(begun, {})).toBe(true);

    expect(pacing()).toMatchObject({ flushed: { through: 5 }, pending: { id } });
  });

  it('is taken back once, though the answer of the write is lost', async () => {
    const begun = await beginOne();
    const { save } = chat.pacings;
    let saves = 0;
    const pacings = {
      save: async (...args: Parameters<typeof save>) => {
        const saved = await save(...args);
        saves += 1;
        return saves === 1 ? undefined : saved;
      },
    };
    chat = { ...chat, pacings } as InMemoryChat;

    expect(await record(begun, {})).toBe(true);

    expect(saves).toBe(2);
    expect(pacing()?.freeAt).toBe(TOOK_ONE_FRAME);
  });

  it('leaves it to a flush that has begun since to tell what it takes', async () => {
    const begun = await beginOne();
    chat.clock.advance(3_000);
    await begin({ ...jobOf('two'), from: 5, seen: 2 });
    const expectedOfBoth = pacing()?.freeAt;

    await record(begun, {});

    expect(pacing()).toMatchObject({ freeAt: expectedOfBoth, begun: { id: 'two' } });
  });

  it('keeps the mark for what it has left, though others have written', async () => {
    const begun = await beginOne();
    const mark = { id: 'rest', from: 4, dueAt: NOON + 1_000 };
    const { version: _, ...current } = { version: 0, freeAt: 0, members: 2, ...pacing() };
    await chat.rooms.save(roomId, current, pacing());

    await record(begun, { through: 3, mark });

    expect(pacing()).toMatchObject({ pending: mark, flushed: { from: 1, through: 3 } });
  });

  it('marks no flush that may have begun already, when another one has', async () => {
    const begun = await beginOne();
    const mark = { id: 'rest', from: 4, dueAt: NOON };
    expect(await begin({ ...jobOf('rest'), from: 4, seen: 2 })).toBeDefined();

    await record(begun, { through: 3, mark });

    expect(pacing()).not.toHaveProperty('pending');
  });
});
