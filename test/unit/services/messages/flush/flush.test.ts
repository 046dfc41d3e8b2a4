import { beforeEach, describe, expect, it } from '@jest/globals';
import { createFanOut } from '../../../../../services/messages/2-fan-out/fan-out.ts';
import { createPacedFanOut } from '../../../../../services/messages/2-fan-out/paced-fan-out.ts';
import {
  createFlush,
  FLUSH_MAX_ENTRIES,
  type FlushReport,
} from '../../../../../services/messages/flush/flush.ts';
import { MESSAGE_MAX_BYTES } from '../../../../../shared/domain/limits.ts';
import { ROOM_BURST_MS } from '../../../../../shared/domain/pacing.ts';
import type { FlushJob } from '../../../../../shared/domain/ports.ts';
import type { MessagesPush } from '../../../../../shared/protocol/frames.ts';
import { packFrames, sizeInFrames } from '../../../../../shared/protocol/wire-entry.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { createInMemoryChat, type InMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aStoredMessage } from '../../../../support/log-entries.ts';

/** Two members take a second of it with each frame. */
const limits = { roomPostsPerSecond: 2, roomPostsAtOnce: 2, windowMaxMs: 2_000 };
const roomId = 'lobby';

let chat: InMemoryChat;
let pauses: number[];

beforeEach(async () => {
  chat = createInMemoryChat();
  pauses = [];
  await chat.admit(roomId, 'c1', 'c2');
});

const flush = (job: FlushJob, whenPaused = () => {}) =>
  createFlush({
    ...chat,
    limits,
    fanOut: createFanOut({ ...chat, limits, packFrames }),
    sizeInFrames,
    pause: async (ms) => {
      pauses.push(ms);
      chat.clock.advance(ms);
      whenPaused();
    },
  })(job);

/** Stores these numbers, all of which have been given out by now. */
function store(...seqs: number[]): void {
  const sentAt = chat.clock.now();
  for (const seq of seqs) chat.log.insert(aStoredMessage({ seq, sentAt }));
  const head = Math.max(chat.rooms.get(roomId).head, ...seqs);
  chat.rooms.put({ roomId, head, headAt: sentAt, createdAt: NOON });
}

const fanOutNow = async (...seqs: number[]) => {
  const paced = createPacedFanOut({
    ...chat,
    limits,
    fanOut: createFanOut({ ...chat, limits, packFrames }),
  });
  const entries = seqs.map((seq) => aStoredMessage({ seq, sentAt: chat.clock.now() }).entry);
  return paced(chat.rooms.get(roomId), entries, (job) => chat.queue.send([job]));
};

const pacing = () => chat.rooms.get(roomId).pacing;
/** The numbers that go out to each member, once for each time. */
const enqueued = () =>
  chat.queue
    .take()
    .flatMap(({ job }) => job.frames.map((frame) => JSON.parse(frame) as MessagesPush))
    .flatMap(({ messages }) => messages.map(({ seq }) => seq));
const scheduled = () => chat.jobs.queued.splice(0).map(({ job }) => job as FlushJob);
const only = (jobs: FlushJob[]): FlushJob => {
  expect(jobs).toHaveLength(1);
  return jobs[0] as FlushJob;
};

/** The share is used up, and numbers 1 to 3 are left to a flush. */
async function leaveThree(): Promise<FlushJob> {
  store(1, 2, 3);
  const freeAt = NOON + ROOM_BURST_MS + 300;
  await chat.rooms.save(roomId, { freeAt, members: 2 }, undefined);
  expect(await fanOutNow(1)).toMatchObject({ left: [{ seq: 1 }], scheduled: 1, direct: [] });
  expect(await fanOutNow(2, 3)).toMatchObject({
    left: [{ seq: 2 }, { seq: 3 }],
    scheduled: 0,
    direct: [],
  });
  expect(enqueued()).toEqual([]);
  return only(scheduled());
}

describe('a flush', () => {
  it('reaches whoever joined in a new shard while it read the log', async () => {
    const job = await leaveThree();
    const readAfter: typeof chat.reader.readAfter = async (...args) => {
      const slice = await chat.reader.readAfter(...args);
      chat.rooms.put({ roomId, shardCount: 64 });
      await chat.admit(roomId, 'newcomer');
      return slice;
    };
    const { members } = (await createFlush({
      ...chat,
      reader: { readAfter },
      limits,
      fanOut: createFanOut({
        ...chat,
        limits,
        packFrames,
        partLimits: { shardsMax: 64, shardsPerPart: 1 },
      }),
      sizeInFrames,
      pause: async () => {},
    })(job)) as FlushReport;

    expect(members).toBe(3);
  });

  it('waits for its time, and fans out in one frame all that was left to it', async () => {
    const job = await leaveThree();

    expect(await flush(job)).toMatchObject({ messages: 3, members: 2, frames: 1, recorded: true });
    expect(pauses).toEqual([300]);
    expect(enqueued()).toEqual([1, 2, 3]);
    expect(pacing()).toMatchObject({ flushed: { from: 1, through: 3 }, members: 2 });
    expect(pacing()).not.toHaveProperty('pending');
    expect(scheduled()).toEqual([]);
  });

  it('takes what was stored meanwhile as well, whose records then need nothing', async () => {
    const job = await leaveThree();
    store(4);

    await flush(job);

    expect(enqueued()).toEqual([1, 2, 3, 4]);
    expect(await fanOutNow(3, 4)).toMatchObject({ flushed: 2, left: [], direct: [], scheduled: 0 });
  });

  it('keeps the room from posting for as long as its posts take of the share', async () => {
    await flush(await leaveThree());
    store(4);

    await fanOutNow(4);

    // Of what was used up before, and a second for one frame to two members.
    expect(only(scheduled())).toMatchObject({ from: 4, dueAt: NOON + 300 + 1_000 });
  });

  it('takes the mark off before it reads, so that nobody leaves it anything more', async () => {
    const job = await leaveThree();
    chat.calls.failNext('memberships.connectionPages');

    await expect(flush(job)).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    expect(pacing()).not.toHaveProperty('pending');
    expect(pacing()).not.toHaveProperty('flushed');
  });

  it.each(['memberships.connectionPages', 'queue.send', 'log.readForward', 'pacings.save'])(
    'that fails at %s sends all of it when it is delivered again',
    async (call) => {
      const job = await leaveThree();
      chat.calls.failNext(call);
      await expect(flush(job)).rejects.toMatchObject({ code: 'UNAVAILABLE' });

      await flush(job);

      expect(enqueued()).toEqual([1, 2, 3]);
      expect(pacing()).toMatchObject({ flushed: { from: 1, through: 3 } });
    },
  );

  it('sends nothing twice when it is delivered twice', async () => {
    const job = await leaveThree();
    await flush(job);
    enqueued();

    expect(await flush(job)).toMatchObject({ messages: 0, frames: 0 });
    expect(enqueued()).toEqual([]);
  });

  it('sends twice rather than not at all when it cannot write down how far it came', async () => {
    const job = await leaveThree();
    const { save } = chat.pacings;
    let saves = 0;
    const pacings = {
      save: async (...args: Parameters<typeof save>) => {
        saves += 1;
        if (saves > 1) throw new Error('out of reach');
        return save(...args);
      },
    };
    chat = { ...chat, pacings } as InMemoryChat;

    expect(await flush(job)).toMatchObject({ messages: 3, recorded: false });
    expect(await fanOutNow(2)).toMatchObject({ flushed: 0 });
  });

  it('waits a moment for what has its number and is not stored yet, once', async () => {
    store(1, 2, 4);
    const one = { kind: 'flush', roomId, id: 'one', from: 1, dueAt: NOON } as const;

    await flush(one, () => (pauses.length > 1 ? store(3) : undefined));

    expect(pauses).toEqual([0, 50]);
    expect(enqueued()).toEqual([1, 2, 3, 4]);
    expect(scheduled()).toEqual([]);
  });

  it('goes by the size of what it has sent when it expects what the next one will post', async () => {
    store(1, 2, 3);

    await flush({ kind: 'flush', roomId, id: 'one', from: 1, dueAt: NOON });

    const entries = [1, 2, 3].map((seq) => aStoredMessage({ seq, sentAt: NOON }).entry);
    const perFrame = pacing()?.perFrame ?? 0;
    expect((perFrame * sizeInFrames(entries)) / 3).toBeCloseTo(MESSAGE_MAX_BYTES);
  });

  it('stops before a number that is not settled, and comes back for what stands beyond', async () => {
    store(1, 2, 4);
    await chat.rooms.save(roomId, { freeAt: 0, members: 2 }, undefined);

    await flush({ kind: 'flush', roomId, id: 'one', from: 1, dueAt: NOON });

    expect(enqueued()).toEqual([1, 2]);
    const again = only(scheduled());
    expect(again).toMatchObject({ from: 3, dueAt: NOON + 500 });
    expect(pacing()).toMatchObject({
      flushed: { from: 1, through: 2 },
      pending: { id: again.id, from: 3 },
    });

    await flush(again);
    expect(enqueued()).toEqual([]);
    store(3);
    await flush(only(scheduled()));
    expect(enqueued()).toEqual([3, 4]);
    expect(pacing()).toMatchObject({ flushed: { from: 1, through: 4 } });
  });

  it('tells members of no head beyond what it sends: they would ask for the rest at once', async () => {
    store(1, 2, 4);
    await flush({ kind: 'flush', roomId, id: 'one', from: 1, dueAt: NOON });

    const [{ job } = { job: undefined }] = chat.queue.take();
    expect(JSON.parse(job?.frames[0] ?? '')).toMatchObject({ head: 2 });
  });

  it('leaves the rest of a long run to another one', async () => {
    const all = Array.from({ length: FLUSH_MAX_ENTRIES + 3 }, (_, index) => index + 1);
    store(...all);

    await flush({ kind: 'flush', roomId, id: 'one', from: 1, dueAt: NOON });
    expect(enqueued()).toEqual(all.slice(0, FLUSH_MAX_ENTRIES));

    await flush(only(scheduled()));
    expect(enqueued()).toEqual(all.slice(FLUSH_MAX_ENTRIES));
  });

  it('leaves everything to another one that is still to come, and takes its mark not off', async () => {
    store(1, 2);
    const pending = { id: 'other', from: 1, dueAt: NOON + 100 };
    await chat.rooms.save(roomId, { freeAt: 0, members: 2, pending }, undefined);

    expect(await flush({ kind: 'flush', roomId, id: 'one', from: 1, dueAt: NOON })).toBe('covered');

    expect(enqueued()).toEqual([]);
    expect(pacing()).toMatchObject({ pending });
  });

  it('makes a mark void that is still on its way when it begins', async () => {
    const seen = pacing();
    store(1);
    await flush({ kind: 'flush', roomId, id: 'one', from: 1, dueAt: NOON });

    const pending = { id: 'one', from: 1, dueAt: NOON };
    expect(
      await chat.pacings.save(roomId, { freeAt: 0, members: 0, pending }, seen),
    ).toBeUndefined();
  });

  it('never claims what lies between two runs', async () => {
    const flushed = { from: 1, through: 2 };
    await chat.rooms.save(roomId, { freeAt: 0, members: 2, flushed }, undefined);
    store(1, 2, 3, 4, 5);

    await flush({ kind: 'flush', roomId, id: 'one', from: 5, dueAt: NOON });

    expect(enqueued()).toEqual([5]);
    expect(pacing()).toMatchObject({ flushed: { from: 5, through: 5 } });
  });
});
