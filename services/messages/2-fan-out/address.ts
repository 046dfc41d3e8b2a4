import type { DeliveryJob, Memberships, PartJob, Shards } from '../../../shared/domain/ports.ts';

/** Members per delivery job: small enough to finish in seconds, large enough to be cheap. */
export const DELIVERY_CHUNK_SIZE = 100;

/** What all jobs of one fan-out of a room have in common. */
export type Push = Omit<PartJob, 'kind' | 'shards'>;

/** Makes delivery jobs of a push for the members in some shards of its room, and counts these. */
export type Address = (
  push: Push,
  shards: Shards,
  enqueue: (job: DeliveryJob) => Promise<void>,
) => Promise<number>;

/**
 * Members are read once, and their pages become jobs as they arrive, so that memory does not grow
 * with the room.
 */
export function createAddress(memberships: Pick<Memberships, 'connectionPages'>): Address {
  return async (push, shards, enqueue) => {
    let members = 0;
    const deliverTo = async (connectionIds: string[]) => {
      members += connectionIds.length;
      for (const frames of chunk(push.frames, FRAMES_PER_JOB)) {
        await enqueue({ ...push, frames, connectionIds, hops: 0 });
      }
    };

    let waiting: string[] = [];
    for await (const page of memberships.connectionPages(push.roomId, shards)) {
      const chunks = chunk([...waiting, ...page], DELIVERY_CHUNK_SIZE);
      const last = chunks.at(-1);
      waiting = last !== undefined && last.length < DELIVERY_CHUNK_SIZE ? (chunks.pop() ?? []) : [];
      for (const connectionIds of chunks) await deliverTo(connectionIds);
    }
    if (waiting.length > 0) await deliverTo(waiting);
    return members;
  };
}

/** Frames in one job: far below SQS's 1 MiB, even when every character has to be escaped. */
export const FRAMES_PER_JOB = 8;

export function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
