import type { DeliveryJob } from '../../../shared/domain/ports.ts';
import type { RecipientResult } from './deliver.ts';
import type { Settlement } from './settle.ts';

export interface BatchCounts {
  jobs: number;
  /** Records that are no jobs. */
  poison: number;
  recipients: number;
  /** Recipients that are tried again later, in a smaller job. */
  requeued: number;
  /** Recipients that are not tried again after their last hop. */
  givenUp: number;
}

export interface BatchReport {
  poison(): void;
  add(job: DeliveryJob, results: readonly RecipientResult[], settlement: Settlement): void;
  /** Each once, however many jobs named it. */
  gone(): string[];
  /** What is logged of the batch, once. */
  fields(): BatchCounts & {
    rooms: string[];
    outcomes: Partial<Record<RecipientResult['outcome'], number>>;
    removed: number;
  };
}

/** Everything that is counted about one batch, in one place. */
export function createBatchReport(): BatchReport {
  const rooms = new Set<string>();
  const gone = new Set<string>();
  const counts: BatchCounts = { jobs: 0, poison: 0, recipients: 0, requeued: 0, givenUp: 0 };
  const outcomes: Partial<Record<RecipientResult['outcome'], number>> = {};
  return {
    poison() {
      counts.poison += 1;
    },
    add({ roomId }, results, settlement) {
      rooms.add(roomId);
      counts.jobs += 1;
      counts.recipients += results.length;
      for (const { outcome } of results) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      for (const connectionId of settlement.gone) gone.add(connectionId);
      counts.requeued += settlement.requeued.length;
      counts.givenUp += settlement.givenUp.length;
    },
    gone: () => [...gone],
    fields: () => ({ rooms: [...rooms], ...counts, outcomes, removed: gone.size }),
  };
}
