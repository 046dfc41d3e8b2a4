import type { Room } from '../../../shared/domain/room.ts';
import type { Adapters } from './adapters.ts';
import type { FunctionName } from './seams.ts';

/** Parts that pace a hot room, with a safeguard taken out, for `mutations.ts`. */

type Broken = (adapters: Adapters, functionName: FunctionName) => Partial<Adapters>;

const onlyOf =
  (name: FunctionName, broken: (adapters: Adapters) => Partial<Adapters>): Broken =>
  (adapters, functionName) =>
    functionName === name ? broken(adapters) : {};

const ALL_ROWS = 1_000;

/** Time for somebody to leave it an entry. */
const READ_EARLIER_MS = 250;

/** What a flush reads of a room is what stood there before it took the mark off. */
export const readingFirst = onlyOf('flush', ({ rooms, pacings, messages, pause }) => {
  const snapshots = new Map<string, Awaited<ReturnType<typeof messages.readForward>>>();
  const heads = new Map<string, number>();
  return {
    rooms: {
      ...rooms,
      async read(roomId) {
        const room = await rooms.read(roomId);
        heads.set(roomId, room.head);
        snapshots.set(roomId, await messages.readForward(roomId, 1, ALL_ROWS));
        await pause(READ_EARLIER_MS);
        return room;
      },
    },
    pacings: {
      async save(roomId, next, seen) {
        const room = await pacings.save(roomId, next, seen);
        return room && { ...room, head: heads.get(roomId) ?? room.head };
      },
    },
    messages: {
      ...messages,
      async readForward(roomId, from, limit) {
        const rows = snapshots.get(roomId)?.rows.filter(({ entry }) => entry.seq >= from) ?? [];
        return { rows: rows.slice(0, limit), exhausted: rows.length <= limit };
      },
    },
  };
});

/** It is written down how far a flush will come when it begins. */
export const recordingFirst = onlyOf('flush', ({ rooms, pacings }) => {
  const read = new Map<string, Room>();
  return {
    rooms: {
      ...rooms,
      async read(roomId) {
        const room = await rooms.read(roomId);
        read.set(roomId, room);
        return room;
      },
    },
    pacings: {
      save(roomId, next, seen) {
        const through = read.get(roomId)?.head ?? 0;
        return pacings.save(roomId, { ...next, flushed: { from: 1, through } }, seen);
      },
    },
  };
});

/** A flush claims every number up to the head, whether it is settled or not. */
export const claimingHoles = onlyOf('flush', ({ pacings }) => {
  const heads = new Map<string, number>();
  return {
    pacings: {
      async save(roomId, next, seen) {
        const { flushed, ...rest } = next;
        const head = heads.get(roomId);
        const claimed =
          flushed === undefined || head === undefined
            ? next
            : { ...rest, flushed: { ...flushed, through: Math.max(flushed.through, head) } };
        const room = await pacings.save(roomId, claimed, seen);
        if (room !== undefined) heads.set(roomId, room.head);
        return room;
      },
    },
  };
});

/** A flush takes no notice of what stands behind a number that is not settled. */
export const comingNotBack = onlyOf('flush', ({ pacings, jobs }) => ({
  pacings: {
    save: (roomId, { pending: _, ...next }, seen) => pacings.save(roomId, next, seen),
  },
  jobs: { ...jobs, send: async () => {} },
}));

/** A flush leaves what was left to it to any that has begun before, whenever that was. */
export const trustingOlderFlushes: Broken = ({ jobs }) => ({
  jobs: {
    send: (job, delaySeconds) =>
      jobs.send(job.kind === 'flush' ? { ...job, seen: 0 } : job, delaySeconds),
  },
});

/** The queue takes the jobs of flushes and forgets them, as long as faults last. */
export const losingFlushes = (calmAt: number): Broken =>
  onlyOf('fanOut', ({ jobs, clock }) => ({
    jobs: {
      async send(job, delaySeconds) {
        const isLost = job.kind === 'flush' && clock.now() <= calmAt;
        if (!isLost) await jobs.send(job, delaySeconds);
      },
    },
  }));

/** Nobody ever takes a flush for lost. */
export const trustingFlushes = onlyOf('fanOut', ({ rooms, clock }) => ({
  rooms: {
    ...rooms,
    async readMany(roomIds) {
      const read = await rooms.readMany(roomIds);
      for (const [roomId, { pacing, ...room }] of read) {
        if (pacing?.pending === undefined) continue;
        const pending = { ...pacing.pending, dueAt: clock.now() };
        read.set(roomId, { ...room, pacing: { ...pacing, pending } });
      }
      return read;
    },
  },
}));
