import type { LogEntry } from '../../../shared/domain/message.ts';
import type {
  Clock,
  DeliveryJob,
  DeliveryQueue,
  Memberships,
  Rooms,
} from '../../../shared/domain/ports.ts';

/** Members per delivery job: small enough to finish in seconds, large enough to be cheap. */
export const DELIVERY_CHUNK_SIZE = 100;

/** Jobs that are sent together: one full SendMessageBatch. */
const JOBS_PER_SEND = 10;

/** Frames in one job: far below SQS's 1 MiB, even when every character has to be escaped. */
const FRAMES_PER_JOB = 8;

export interface FanOutDependencies {
  rooms: Pick<Rooms, 'read'>;
  memberships: Pick<Memberships, 'connectionPages'>;
  queue: DeliveryQueue;
  /** Packs entries, ascending, into as few push frames as fit. */
  packFrames: (roomId: string, entries: readonly LogEntry[], head: number) => string[];
  clock: Clock;
}

export interface FanOutReport {
  members: number;
  frames: number;
  jobs: number;
}

export type FanOut = (roomId: string, entries: readonly LogEntry[]) => Promise<FanOutReport>;

/**
 * Turns new entries of one room into delivery jobs for all of its members. Members are read once,
 * and their pages become jobs as they arrive, so that memory does not grow with the room.
 *
 * At least once: a failure half-way, repeated, sends some jobs twice, and clients drop what they know.
 */
export function createFanOut({
  rooms,
  memberships,
  queue,
  packFrames,
  clock,
}: FanOutDependencies): FanOut {
  return async (roomId, entries) => {
    const fannedOutAt = clock.now();
    const ascending = entries.toSorted((a, b) => a.seq - b.seq);
    const { shardCount, head } = await rooms.read(roomId);
    const frames = packFrames(roomId, ascending, Math.max(head, ascending.at(-1)?.seq ?? 0));
    const times = ascending.map((entry) =>
      entry.kind === 'message' ? entry.receivedAt : entry.sentAt,
    );
    const oldestReceivedAt = Math.min(...times);
    const report: FanOutReport = { members: 0, frames: frames.length, jobs: 0 };

    const enqueue = async (connectionIds: readonly string[]) => {
      const jobs = chunk(connectionIds, DELIVERY_CHUNK_SIZE).flatMap((recipients) =>
        chunk(frames, FRAMES_PER_JOB).map(
          (framesOfJob): DeliveryJob => ({
            roomId,
            frames: framesOfJob,
            connectionIds: recipients,
            hops: 0,
            oldestReceivedAt,
            fannedOutAt,
          }),
        ),
      );
      await queue.send(jobs);
      report.members += connectionIds.length;
      report.jobs += jobs.length;
    };

    let waiting: string[] = [];
    for await (const page of memberships.connectionPages(roomId, shardCount)) {
      waiting.push(...page);
      const ready = waiting.length - (waiting.length % (DELIVERY_CHUNK_SIZE * JOBS_PER_SEND));
      if (ready > 0) {
        await enqueue(waiting.slice(0, ready));
        waiting = waiting.slice(ready);
      }
    }
    if (waiting.length > 0) await enqueue(waiting);
    return report;
  };
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
