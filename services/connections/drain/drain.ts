import { CONNECTION_LIFETIME_MS } from '../../../shared/domain/limits.ts';
import {
  type Clock,
  type Connections,
  type DeliveryQueue,
  NO_ROOM,
} from '../../../shared/domain/ports.ts';

export interface DrainCursor {
  /** The last connection that was looked at; absent at the start. */
  after?: string | undefined;
  /** Only older connections are told: who has come back since is not sent away again. */
  connectedBefore: number;
}

export interface DrainOrder {
  /** What every connection is told. */
  frame: string;
  limitPerSecond: number;
  /** Where an earlier call stopped. */
  cursor?: DrainCursor | undefined;
}

export interface DrainReport {
  /** Connections told by this call. */
  told: number;
  /** Time ran out: call again with it. Absent: everybody has been told. */
  cursor?: DrainCursor;
}

export type Drain = (order: DrainOrder, remainingMs: () => number) => Promise<DrainReport>;

export interface DrainDependencies {
  connections: Pick<Connections, 'page'>;
  queue: DeliveryQueue;
  clock: Clock;
  wait: (ms: number) => Promise<void>;
}

/** Connections per delivery job. */
const CHUNK_SIZE = 100;

/** Below this the call ends in good order: one page, its request to the queue, and its wait. */
const RESERVE_MS = 10_000;

/**
 * Tells all connections, no faster than asked, because each of them comes back, and API Gateway takes
 * 500 new connections a second. At least once: a call that is repeated from its cursor tells some
 * connections twice, which changes nothing.
 *
 * @throws Error that holds the cursor when a service stays out of reach.
 */
export function createDrain({ connections, queue, clock, wait }: DrainDependencies): Drain {
  return async ({ frame, limitPerSecond, cursor }, remainingMs) => {
    const startedAt = clock.now();
    const connectedBefore = cursor?.connectedBefore ?? startedAt;
    const pageSize = Math.min(CHUNK_SIZE, limitPerSecond);
    let after = cursor?.after;
    let told = 0;

    const tell = async (connectionIds: string[]) => {
      if (connectionIds.length === 0) return;
      const times = { oldestReceivedAt: startedAt, fannedOutAt: clock.now() };
      await queue.send([{ roomId: NO_ROOM, frames: [frame], connectionIds, hops: 0, ...times }]);
      told += connectionIds.length;
    };

    try {
      while (remainingMs() > RESERVE_MS) {
        const page = await connections.page(pageSize, after);
        const alive = page.connections.filter(
          ({ connectedAt }) =>
            connectedAt < connectedBefore && clock.now() - connectedAt < CONNECTION_LIFETIME_MS,
        );
        await tell(alive.map(({ connectionId }) => connectionId));
        after = page.next;
        if (after === undefined) return { told };
        await wait(Math.max(0, startedAt + (told / limitPerSecond) * 1_000 - clock.now()));
      }
      return { told, cursor: { after, connectedBefore } };
    } catch (cause) {
      const next = JSON.stringify({ after, connectedBefore } satisfies DrainCursor);
      throw new Error(`Stopped after ${told} connections. Go on with "cursor": ${next}`, { cause });
    }
  };
}
