import type { Connections, DeliveryJob, DeliveryQueue } from '../../../shared/domain/ports.ts';
import { mayPass, type RecipientResult } from './deliver.ts';

/** A connection exists for posts only after `$connect` has returned: until then it looks gone. */
export const YOUNG_CONNECTION_MS = 10_000;

/** Well under the sixteen or so hops at which Lambda stops a function that feeds itself. */
export const HOPS_MAX = 5;

/** What follows from a job's results. */
export interface Settlement {
  /** Connections that are gone for good: closed by somebody else, or by us. */
  gone: string[];
  /** Recipients that went back to the queue in a smaller job. */
  requeued: string[];
  /** Recipients that are not tried again: they find the gap themselves, and resume. */
  givenUp: string[];
}

export interface SettleDependencies {
  connections: Pick<Connections, 'connectedAt'>;
  queue: DeliveryQueue;
}

/**
 * Decides about the recipients that did not get everything: gone for good, back to the queue with a
 * delay that doubles per hop, or, after the last hop, given up. Of an ephemeral job only the gone
 * ones matter: the rest of it is worth nothing later.
 *
 * A connection that is gone stays gone: API Gateway never gives an id out again, and a client that
 * comes back has another one. So removing what stands under the id of a gone connection is safe at
 * any later time, and as often as one likes.
 *
 * @throws when the remainder could not be enqueued; SQS then delivers the whole job again, so that
 * duplicates are possible and loss is not.
 */
export function createSettle({ connections, queue }: SettleDependencies) {
  return async (job: DeliveryJob, results: readonly RecipientResult[]): Promise<Settlement> => {
    const { gone, young } = await tellApart(results.filter(({ outcome }) => outcome === 'gone'));
    gone.push(...idsOf(results.filter(({ outcome }) => outcome === 'closed')));
    if (job.ephemeral) return { gone, requeued: [], givenUp: [] };
    const remaining = [...results.filter(({ outcome }) => mayPass(outcome)), ...young];
    if (remaining.length === 0) return { gone, requeued: [], givenUp: [] };
    if (job.hops >= HOPS_MAX) return { gone, requeued: [], givenUp: idsOf(remaining) };

    const { strikes: _, ...rest } = job;
    const alike = Map.groupBy(remaining, ({ framesTaken, strikes }) => `${framesTaken} ${strikes}`);
    const jobs = Array.from(alike.values(), (recipients) => {
      const [{ framesTaken, strikes } = { framesTaken: 0, strikes: 0 }] = recipients;
      return {
        ...rest,
        frames: job.frames.slice(framesTaken),
        connectionIds: idsOf(recipients),
        hops: job.hops + 1,
        ...(strikes > 0 && { strikes }),
      };
    });
    await queue.send(jobs, 2 ** job.hops);
    return { gone, requeued: idsOf(remaining), givenUp: [] };
  };

  async function tellApart(candidates: readonly RecipientResult[]) {
    if (candidates.length === 0) return { gone: [], young: [] };
    const connectedAt = await connections.connectedAt(idsOf(candidates));
    // Its age when it looked gone: by now, slower recipients of the job may have made it older.
    const isYoung = ({ connectionId, answeredAt }: RecipientResult) =>
      answeredAt - (connectedAt.get(connectionId) ?? 0) < YOUNG_CONNECTION_MS;
    return {
      gone: idsOf(candidates.filter((candidate) => !isYoung(candidate))),
      young: candidates.filter(isYoung),
    };
  }
}

const idsOf = (results: readonly RecipientResult[]): string[] =>
  results.map(({ connectionId }) => connectionId);
