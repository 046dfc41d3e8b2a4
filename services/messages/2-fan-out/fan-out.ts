import type { LogEntry } from '../../../shared/domain/message.ts';
import type { Clock, DeliveryJob, Memberships } from '../../../shared/domain/ports.ts';
import type { Room } from '../../../shared/domain/room.ts';

/** Members per delivery job: small enough to finish in seconds, large enough to be cheap. */
export const DELIVERY_CHUNK_SIZE = 100;

/** Frames in one job: far below SQS's 1 MiB, even when every character has to be escaped. */
const FRAMES_PER_JOB = 8;

export interface FanOutDependencies {
  memberships: Pick<Memberships, 'connectionPages'>;
  /** Packs entries, ascending, into as few push frames as fit. */
  packFrames: (roomId: string, entries: readonly LogEntry[], head: number) => string[];
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
 * Members are read once, and their pages become jobs as they arrive, so that memory does not grow
 * with the room.
 *
 * At least once: a failure half-way, repeated, sends some jobs twice, and clients drop what they know.
 */
export function createFanOut({ memberships, packFrames, clock }: FanOutDependencies): FanOut {
  return async ({ roomId, shardCount, head }, entries, enqueue) => {
    const fannedOutAt = clock.now();
    const ascending = entries.toSorted((a, b) => a.seq - b.seq);
    const seqs = [ascending[0]?.seq ?? 0, ascending.at(-1)?.seq ?? 0] as const;
    const frames = packFrames(roomId, ascending, Math.max(head, seqs[1]));
    // Nobody waits for a hole to be sealed: frames without a message are as old as their fan-out.
    const times = ascending.flatMap((entry) => (entry.kind === 'message' ? entry.receivedAt : []));
    const oldestReceivedAt = Math.min(...times, fannedOutAt);
    let members = 0;

    const deliverTo = async (connectionIds: string[]) => {
      members += connectionIds.length;
      for (const part of chunk(frames, FRAMES_PER_JOB)) {
        await enqueue({
          roomId,
          frames: part,
          seqs,
          connectionIds,
          hops: 0,
          oldestReceivedAt,
          fannedOutAt,
        });
      }
    };

    let waiting: string[] = [];
    for await (const page of memberships.connectionPages(roomId, shardCount)) {
      const chunks = chunk([...waiting, ...page], DELIVERY_CHUNK_SIZE);
      const last = chunks.at(-1);
      waiting = last !== undefined && last.length < DELIVERY_CHUNK_SIZE ? (chunks.pop() ?? []) : [];
      for (const connectionIds of chunks) await deliverTo(connectionIds);
    }
    if (waiting.length > 0) await deliverTo(waiting);
    return { seqs, members, frames: frames.length };
  };
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
