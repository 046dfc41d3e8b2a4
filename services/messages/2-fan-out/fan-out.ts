import type { LogEntry } from '../../../shared/domain/message.ts';
import type {
  Clock,
  DeliveryJob,
  Memberships,
  RoomJobQueue,
} from '../../../shared/domain/ports.ts';
import type { Room } from '../../../shared/domain/room.ts';
import { createAddress } from './address.ts';
import { enqueueParts, PART_LIMITS, type PartLimits } from './parts.ts';
import type { StaggerLimits } from './stagger.ts';

export interface FanOutDependencies {
  memberships: Pick<Memberships, 'connectionPages' | 'count'>;
  /** Packs entries, ascending, into as few push frames as fit. */
  packFrames: (roomId: string, entries: readonly LogEntry[], head: number) => string[];
  /** Takes the parts of very large rooms. */
  jobs: RoomJobQueue;
  partLimits?: PartLimits;
  limits: StaggerLimits;
  clock: Clock;
}

export interface FanOutReport {
  /** The first and the last number. */
  seqs: readonly [first: number, last: number];
  members: number;
  frames: number;
}

/** Turns new entries of one room into delivery jobs for all of its members. */
export type FanOut = (
  room: Room,
  entries: readonly LogEntry[],
  enqueue: (job: DeliveryJob) => Promise<void>,
) => Promise<FanOutReport>;

/**
 * At least once: a failure half-way, repeated, sends some jobs twice, and clients drop what they know.
 */
export function createFanOut(dependencies: FanOutDependencies): FanOut {
  const { memberships, packFrames, jobs, partLimits = PART_LIMITS, limits, clock } = dependencies;
  const address = createAddress(memberships);

  return async ({ roomId, shardCount, head }, entries, enqueue) => {
    const fannedOutAt = clock.now();
    const ascending = entries.toSorted((a, b) => a.seq - b.seq);
    const seqs = [ascending[0]?.seq ?? 0, ascending.at(-1)?.seq ?? 0] as const;
    const frames = packFrames(roomId, ascending, Math.max(head, seqs[1]));
    // Nobody waits for a hole to be sealed: frames without a message are as old as their fan-out.
    const times = ascending.flatMap((entry) => (entry.kind === 'message' ? entry.receivedAt : []));
    const oldestReceivedAt = Math.min(...times, fannedOutAt);
    const push = { roomId, frames, seqs, oldestReceivedAt, fannedOutAt };
    const inParts = async () => {
      // The parts report to nobody. A guess would not do: too high, it silences a paced room.
      const [members] = await Promise.all([
        memberships.count(roomId, shardCount),
        enqueueParts(push, shardCount, { jobs, ...limits, ...partLimits }),
      ]);
      return members;
    };
    const members =
      shardCount > partLimits.shardsMax
        ? await inParts()
        : await address(push, { first: 0, end: shardCount }, enqueue);
    return { seqs, members, frames: frames.length };
  };
}
