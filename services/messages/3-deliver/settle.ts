import type {
  Clock,
  Connections,
  DeliveryJob,
  DeliveryQueue,
} from '../../../shared/domain/ports.ts';
import { mayPass, type RecipientResult } from './deliver.ts';

/** A connection exists for posts only after `$connect` has returned: until then it looks gone. */
export const YOUNG_CONNECTION_MS = 10_000;

/** Well under the sixteen or so hops at which Lambda stops a function that feeds itself. */
export const HOPS_MAX = 5;

/** What follows from a job's results. */
export interface Settlement {
  /** Connections that are gone for good. */
  gone: string[];
  /** Recipients that went back to the queue in a smaller job. */
  requeued: string[];
  /** Recipients that are not tried again: they find the gap themselves, and resume. */
  givenUp: string[];
}

export interface SettleDependencies {
  connections: Pick<Connections, 'connectedAt'>;
  queue: DeliveryQueue;
  clock: Clock;
}

/**
 * Decides about the recipients that did not get everything: gone for good, back to the queue with a
 * delay that doubles per hop, or, after the last hop, given up. Of an ephemeral job only the gone
 * ones matter: the rest of it is worth nothing later.
 *
 * @throws when the remainder could not be enqueued; SQS then delivers the whole job again, so that
 * duplicates are possible and loss is not.
 */
export function createSettle({ connections, queue, clock }: SettleDependencies) {
  return async (job: DeliveryJob, results: readonly RecipientResult[]): Promise<Settlement> => {
    const { gone, young } = await tellApart(results.filter(({ outcome }) => outcome === 'gone'));
    if (job.ephemeral) return { gone, requeued: [], givenUp: [] };
    const remaining = [...results.filter(({ outcome }) => mayPass(outcome)), ...young];
    const ids = remaining.map(({ connectionId }) => connectionId);
    if (remaining.length === 0) return { gone, requeued: [], givenUp: [] };
    if (job.hops >= HOPS_MAX) return { gone, requeued: [], givenUp: ids };

    const byProgress = Map.groupBy(remaining, ({ framesTaken }) => framesTaken);
    const jobs = Array.from(byProgress, ([framesTaken, recipients]) => ({
      ...job,
      frames: job.frames.slice(framesTaken),
      connectionIds: recipients.map(({ connectionId }) => connectionId),
      hops: job.hops + 1,
    }));
    await queue.send(jobs, 2 ** job.hops);
    return { gone, requeued: ids, givenUp: [] };
  };

  async function tellApart(candidates: readonly RecipientResult[]) {
    if (candidates.length === 0) return { gone: [], young: [] };
    const connectedAt = await connections.connectedAt(
      candidates.map(({ connectionId }) => connectionId),
    );
    const isYoung = ({ connectionId }: RecipientResult) =>
      clock.now() - (connectedAt.get(connectionId) ?? 0) < YOUNG_CONNECTION_MS;
    return {
      gone: candidates.filter((r) => !isYoung(r)).map(({ connectionId }) => connectionId),
      young: candidates.filter(isYoung),
    };
  }
}
