import { unavailable } from '../../../shared/domain/errors.ts';
import type { LogReader, LogSlice } from '../../../shared/domain/log-reader.ts';
import {
  isFlushed,
  isOverdue,
  nextPostAt,
  type PacingLimits,
  usedUntil,
} from '../../../shared/domain/pacing.ts';
import type {
  Clock,
  DeliveryQueue,
  FlushJob,
  Pacings,
  RoomJobQueue,
  Rooms,
} from '../../../shared/domain/ports.ts';
import type { FlushMark, Room, RoomPacing } from '../../../shared/domain/room.ts';
import { enqueueFlush, NEVER_PACED } from '../../../shared/domain/schedule-flush.ts';
import type { FanOut } from '../2-fan-out/fan-out.ts';
import { createJobCollector } from '../2-fan-out/job-collector.ts';

export interface FlushDependencies {
  rooms: Pick<Rooms, 'read'>;
  pacings: Pacings;
  reader: Pick<LogReader, 'readAfter'>;
  fanOut: FanOut;
  queue: DeliveryQueue;
  jobs: RoomJobQueue;
  newJobId: () => string;
  clock: Clock;
  pause: (ms: number) => Promise<void>;
  limits: PacingLimits;
}

export interface FlushReport {
  /** From where to where it read; the last before the first when nothing was there. */
  seqs: readonly [first: number, last: number];
  messages: number;
  members: number;
  frames: number;
  jobs: number;
  /** What the oldest message has waited since it was given its number. */
  oldestWaitMs: number;
  /** Until the room may post again. */
  windowMs: number;
  /** Whether it is written down how far the flush came; if not, some of it is told twice. */
  recorded: boolean;
}

export type Flush = (job: FlushJob) => Promise<FlushReport | 'covered'>;

/** Of the log in one go, so that a flush ends in seconds; the rest is another flush's. */
export const FLUSH_MAX_ENTRIES = 500;

/** The queue delays by whole seconds: what is left of the time is waited out here. */
const WAIT_MAX_MS = 1_500;

/** A flush that ends before a number that is not settled looks again after this, or later. */
const LOOK_AGAIN_MS = 500;

/** Writes of others that a flush gives way to. */
const SAVE_ATTEMPTS = 5;

/** What a flush has to write down. */
interface Done extends Pick<RoomPacing, 'freeAt' | 'members' | 'perFrame'> {
  start: number;
  through: number;
}

/** What a flush begins with: everything that was left to it is stored by now. */
interface Begun {
  room: Room;
  /** The first number that no flush has accounted for. */
  start: number;
  /** Before this flush. */
  freeAt: number;
  at: number;
}

/**
 * Reads the log of a hot room from where flushes have come to, and fans out in one go what is new.
 *
 * At least once, in this order: the mark goes, and only then the log is read, so that whoever has left
 * an entry to this flush has stored it before. It is written down how far the flush came only when all
 * of that is enqueued, and only up to the first number that is not settled. What may stand beyond has
 * a flush of its own before this one's job is done.
 */
export function createFlush(dependencies: FlushDependencies): Flush {
  const { rooms, pacings, reader, fanOut, queue, newJobId, clock, pause, limits } = dependencies;

  /** Takes the mark off; nothing is begun when another flush is still to come and will read it all. */
  async function begin(job: FlushJob): Promise<Begun | undefined> {
    for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt += 1) {
      const { head, pacing } = await rooms.read(job.roomId);
      const at = clock.now();
      const { version: _, pending, ...current } = pacing ?? { version: 0, ...NEVER_PACED };
      const other = pending?.id === job.id ? undefined : pending;
      const isLost = other !== undefined && isOverdue(other, at);
      const from = isLost ? Math.min(job.from, other.from) : job.from;
      const start = firstUnflushed(pacing, from);
      const isCovered = other !== undefined && !isLost && other.from <= start;
      const { freeAt } = current;
      // Until this is corrected by what it really took: meanwhile nobody should fan out beside it, and
      // no sender be told to send what would wait for the flush after it.
      const posts = isCovered ? 0 : estimatePosts(current, head - start + 1);
      const next = {
        ...current,
        ...(other !== undefined && !isLost && { pending: other }),
        freeAt: posts === 0 ? freeAt : usedUntil(freeAt, posts, at, limits),
      };
      const room = await pacings.save(job.roomId, next, pacing);
      if (room !== undefined) return isCovered ? undefined : { room, start, freeAt, at };
    }
    throw unavailable(`Room ${job.roomId} is written too often to be flushed.`);
  }

  async function post(room: Room, { entries }: LogSlice) {
    const collector = createJobCollector(queue, limits);
    const none = { members: 0, frames: 0 };
    const upTo = async () => {
      // The log may hold more than when the room was read, and the room have grown since for those
      // whose heads do not cover that.
      const { shardCount } = await rooms.read(room.roomId);
      // Clients wait for no number that this flush leaves to the next one.
      return { ...room, shardCount, head: entries.at(-1)?.seq ?? 0 };
    };
    const report = entries.length === 0 ? none : await fanOut(await upTo(), entries, collector.add);
    const { jobs, failedRooms } = await collector.close();
    for (const [, error] of failedRooms) throw error;
    return { ...report, jobs };
  }

  /** @returns whether it could be written */
  async function record(room: Room, done: Done, mark: FlushMark | undefined): Promise<boolean> {
    let { pacing } = room;
    for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt += 1) {
      if (attempt > 0) pacing = (await rooms.read(room.roomId)).pacing;
      const { version: _, ...current } = pacing ?? { version: 0, ...NEVER_PACED };
      // Once somebody has written since, it may be the flush of this very mark, which is over then.
      const pending = current.pending ?? (attempt === 0 ? mark : undefined);
      const flushed = extend(current.flushed, done);
      const perFrame = done.perFrame ?? current.perFrame;
      const next = {
        freeAt: attempt === 0 ? done.freeAt : Math.max(current.freeAt, done.freeAt),
        members: done.members || current.members,
        ...(perFrame !== undefined && { perFrame }),
        ...(pending !== undefined && { pending }),
        ...(flushed !== undefined && { flushed }),
      };
      if ((await pacings.save(room.roomId, next, pacing)) !== undefined) return true;
    }
    return false;
  }

  return async (job) => {
    await pause(Math.min(WAIT_MAX_MS, Math.max(0, job.dueAt - clock.now())));
    const begun = await begin(job);
    if (begun === undefined) return 'covered';

    const { room, start, at } = begun;
    const slice = await reader.readAfter(room, start - 1, FLUSH_MAX_ENTRIES);
    const { members, frames, jobs } = await post(room, slice);
    const enqueuedAt = clock.now();
    const freeAt = usedUntil(begun.freeAt, members * frames, at, limits);
    const through = slice.entries.at(-1)?.seq ?? start - 1;

    let mark: FlushMark | undefined;
    if (slice.more || through < room.head) {
      const soonest = slice.entries.length === 0 ? enqueuedAt + LOOK_AGAIN_MS : enqueuedAt;
      const dueAt = Math.max(soonest, nextPostAt(freeAt));
      mark = { id: newJobId(), from: through + 1, dueAt };
      await enqueueFlush(job.roomId, mark, dependencies);
    }
    const perFrame = frames === 0 ? {} : { perFrame: slice.entries.length / frames };
    const done = { start, through, freeAt, members, ...perFrame };
    const recorded = await record(room, done, mark).catch(() => false);
    const sent = slice.entries.flatMap(({ kind, sentAt }) => (kind === 'message' ? [sentAt] : []));
    return {
      seqs: [start, through],
      messages: sent.length,
      members,
      frames,
      jobs,
      oldestWaitMs: sent.length === 0 ? 0 : Math.max(0, enqueuedAt - Math.min(...sent)),
      windowMs: Math.max(0, nextPostAt(freeAt) - enqueuedAt),
      recorded,
    };
  };
}

/** What so many entries will take, going by the flush before. */
function estimatePosts(
  { members, perFrame }: Pick<RoomPacing, 'members' | 'perFrame'>,
  entries: number,
): number {
  if (entries <= 0) return 0;
  return members * (perFrame === undefined ? 1 : Math.ceil(entries / perFrame));
}

function firstUnflushed(pacing: RoomPacing | undefined, from: number): number {
  return isFlushed(pacing, from) ? (pacing?.flushed?.through ?? 0) + 1 : from;
}

type Run = NonNullable<RoomPacing['flushed']>;

/** One run: what this flush has accounted for, and what adjoins it. Never less than there was. */
function extend(
  flushed: Run | undefined,
  { start, through }: { start: number; through: number },
): Run | undefined {
  if (through < start) return flushed;
  if (flushed === undefined) return { from: start, through };
  if (flushed.through >= through) return flushed;
  return { from: start <= flushed.through + 1 ? Math.min(flushed.from, start) : start, through };
}
