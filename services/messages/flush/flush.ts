import { MESSAGE_MAX_BYTES } from '../../../shared/domain/limits.ts';
import type { LogReader, LogSlice } from '../../../shared/domain/log-reader.ts';
import type { LogEntry } from '../../../shared/domain/message.ts';
import { nextPostAt, usedUntil } from '../../../shared/domain/pacing.ts';
import type {
  Clock,
  DeliveryQueue,
  FlushJob,
  Pacings,
  RoomJobQueue,
  Rooms,
} from '../../../shared/domain/ports.ts';
import type { FlushMark, Room } from '../../../shared/domain/room.ts';
import { enqueueFlush } from '../../../shared/domain/schedule-flush.ts';
import type { FanOut } from '../2-fan-out/fan-out.ts';
import { createJobCollector } from '../2-fan-out/job-collector.ts';
import type { RoomLimits } from '../2-fan-out/stagger.ts';
import { createBeginFlush } from './begin-flush.ts';
import { createRecordFlush } from './record-flush.ts';

export interface FlushDependencies {
  rooms: Pick<Rooms, 'read'>;
  pacings: Pacings;
  reader: Pick<LogReader, 'readAfter'>;
  fanOut: FanOut;
  /** How many bytes entries take in frames. */
  sizeInFrames: (entries: readonly LogEntry[]) => number;
  queue: DeliveryQueue;
  jobs: RoomJobQueue;
  newJobId: () => string;
  clock: Clock;
  pause: (ms: number) => Promise<void>;
  limits: RoomLimits;
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

/** What has its number and is not stored yet is given as long, rather than another window. */
const STORING_MS = 50;

/** A flush that ends before a number that is not settled looks again after this, or later. */
const LOOK_AGAIN_MS = 500;

/**
 * Reads the log of a hot room from where flushes have come to, and fans out in one go what is new.
 *
 * At least once, in this order: the mark goes, and only then the log is read, so that whoever has left
 * an entry to this flush has stored it before. It is written down how far the flush came only when all
 * of that is enqueued, and only up to the first number that is not settled. What may stand beyond has
 * a flush of its own before this one's job is done.
 */
export function createFlush(dependencies: FlushDependencies): Flush {
  const { rooms, reader, fanOut, sizeInFrames, queue, newJobId, clock, pause, limits } =
    dependencies;
  const begin = createBeginFlush(dependencies);
  const record = createRecordFlush(dependencies);

  async function read(room: Room, start: number): Promise<LogSlice> {
    const slice = await reader.readAfter(room, start - 1, FLUSH_MAX_ENTRIES);
    const through = slice.entries.at(-1)?.seq ?? start - 1;
    if (slice.more || through >= room.head) return slice;
    await pause(STORING_MS);
    const left = FLUSH_MAX_ENTRIES - slice.entries.length;
    const rest = await reader.readAfter(room, through, left);
    return { ...rest, entries: [...slice.entries, ...rest.entries] };
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

  return async (job) => {
    await pause(Math.min(WAIT_MAX_MS, Math.max(0, job.dueAt - clock.now())));
    const begun = await begin(job);
    if (begun === undefined) return 'covered';

    const { room, start, at } = begun;
    const slice = await read(room, start);
    const { members, frames, jobs } = await post(room, slice);
    const enqueuedAt = clock.now();
    const freeAt = usedUntil(begun.freeAt, members * frames, at, limits);
    const through = slice.entries.at(-1)?.seq ?? start - 1;

    let mark: FlushMark | undefined;
    if (slice.more || through < room.head) {
      const soonest = slice.entries.length === 0 ? enqueuedAt + LOOK_AGAIN_MS : enqueuedAt;
      const dueAt = Math.max(soonest, nextPostAt(freeAt));
      mark = { id: newJobId(), from: through + 1, dueAt };
      await enqueueFlush(room, mark, dependencies);
    }
    const { entries } = slice;
    const done = {
      through,
      freeAt,
      members,
      ...(entries.length > 0 && {
        perFrame: (entries.length * MESSAGE_MAX_BYTES) / sizeInFrames(entries),
      }),
      ...(mark !== undefined && { mark }),
    };
    const recorded = await record(begun, done).catch(() => false);
    const sent = entries.flatMap(({ kind, sentAt }) => (kind === 'message' ? [sentAt] : []));
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
