import type { LogEntry } from '../../../shared/domain/message.ts';
import {
  judgeEntries,
  nextPostAt,
  type PacingLimits,
  refusedUntil,
  usedUntil,
} from '../../../shared/domain/pacing.ts';
import type {
  Clock,
  DeliveryJob,
  Pacings,
  RoomJobQueue,
  Rooms,
} from '../../../shared/domain/ports.ts';
import type { Room } from '../../../shared/domain/room.ts';
import { NEVER_PACED, scheduleFlush } from '../../../shared/domain/schedule-flush.ts';
import type { FanOut, FanOutReport } from './fan-out.ts';

export interface PacedFanOutDependencies {
  fanOut: FanOut;
  rooms: Pick<Rooms, 'readMany'>;
  pacings: Pacings;
  jobs: RoomJobQueue;
  newJobId: () => string;
  clock: Clock;
  limits: PacingLimits;
}

/** What became of the entries of one room. */
export interface PacedReport extends FanOutReport {
  /** Those that were fanned out here and now. */
  direct: readonly LogEntry[];
  /** Those that are left to a flush. */
  left: readonly LogEntry[];
  /** Fanned out by a flush before. */
  flushed: number;
  /** Flushes that were scheduled for them. */
  scheduled: number;
}

export type PacedFanOut = (
  room: Room,
  entries: readonly LogEntry[],
  enqueue: (job: DeliveryJob) => Promise<void>,
) => Promise<PacedReport>;

/** What an environment remembers of a room that it has fanned out. */
interface Remembered {
  freeAt: number;
  members: number;
}

/** Beyond that, what is over is forgotten. */
const REMEMBERED_MAX = 1_000;

/**
 * Fans out at once what keeps to the room's share, and leaves the rest to a flush. A quiet room costs
 * no write: what it has posted is remembered here, and the row is written only once it is paced.
 */
export function createPacedFanOut(dependencies: PacedFanOutDependencies): PacedFanOut {
  const { fanOut, pacings, clock, limits } = dependencies;
  const remembered = new Map<string, Remembered>();

  function remember(roomId: string, memory: Remembered): void {
    remembered.set(roomId, memory);
    if (remembered.size <= REMEMBERED_MAX) return;
    for (const [id, { freeAt }] of remembered) {
      if (nextPostAt(freeAt) <= clock.now()) remembered.delete(id);
    }
  }

  /** Tells senders of a room that took more than the longest window at once. The next fan-out would, too. */
  async function tellSenders({ roomId, pacing }: Room, memory: Remembered): Promise<void> {
    if (refusedUntil(memory.freeAt, limits) <= clock.now()) return;
    const { version: _, ...current } = pacing ?? { version: 0, ...NEVER_PACED };
    await pacings.save(roomId, { ...current, ...memory }, pacing).catch(() => undefined);
  }

  return async (room, entries, enqueue) => {
    const { roomId, pacing } = room;
    const known = remembered.get(roomId) ?? { freeAt: 0, members: 0 };
    const verdict = judgeEntries(room, entries, known.freeAt, clock.now());
    const { direct, left, schedule } = verdict;
    let fannedOut: FanOutReport = { seqs: [0, 0], members: 0, frames: 0 };
    if (direct.length > 0) {
      fannedOut = await fanOut(withHeadOf(direct, room), direct, enqueue);
      const freeAt = Math.max(known.freeAt, pacing?.freeAt ?? 0);
      const { members, frames } = fannedOut;
      const memory = {
        freeAt: usedUntil(freeAt, members * frames, clock.now(), limits),
        members,
      };
      remember(roomId, memory);
      await tellSenders(room, memory);
    }
    if (schedule !== undefined) {
      await scheduleFlush(room, schedule, known, dependencies);
    }
    const scheduled = schedule === undefined ? 0 : 1;
    return { ...fannedOut, direct, left, flushed: verdict.flushed.length, scheduled };
  };
}

/** In a paced room what comes after these entries comes later: clients are not to wait for it yet. */
function withHeadOf(entries: readonly LogEntry[], room: Room): Room {
  return room.pacing === undefined
    ? room
    : { ...room, head: Math.max(...entries.map(({ seq }) => seq)) };
}
