import { type DeliveryJob, NO_ROOM } from '../../../shared/domain/ports.ts';
import type { RecipientResult } from './deliver.ts';
import type { Settlement } from './settle.ts';

type Outcome = RecipientResult['outcome'];

type OutcomeCounts = Partial<Record<Outcome, number>>;

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

interface BatchMeasures extends Omit<BatchCounts, 'recipients'> {
  posts: number;
  framesTaken: number;
  deliveries: number;
  gone: number;
  throttled: number;
  unanswered: number;
  tooLarge: number;
  rejected: number;
  dropped: number;
  closed: number;
  /** In milliseconds, one for each recipient that took all frames of a job with messages. */
  deliveryLatency: number[];
}

export interface BatchReport {
  poison(): void;
  add(job: DeliveryJob, results: readonly RecipientResult[], settlement: Settlement): void;
  /** Each once, however many jobs named it. */
  gone(): string[];
  /** What is logged of the batch, once. */
  fields(): BatchCounts & {
    rooms: string[];
    outcomes: OutcomeCounts;
    removed: number;
  };
  /** What is emitted of the batch, once. */
  measures(): BatchMeasures;
}

/** How many had which outcome, added to what was counted before. */
export function countOutcomes(
  results: readonly RecipientResult[],
  counts: OutcomeCounts = {},
): OutcomeCounts {
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** Everything that is counted about one batch, in one place. */
export function createBatchReport(): BatchReport {
  const rooms = new Set<string>();
  const gone = new Set<string>();
  const counts: BatchCounts = { jobs: 0, poison: 0, recipients: 0, requeued: 0, givenUp: 0 };
  const outcomes: OutcomeCounts = {};
  const gateway = { posts: 0, framesTaken: 0 };
  const deliveryLatency: number[] = [];
  return {
    poison() {
      counts.poison += 1;
    },
    add(job, results, settlement) {
      rooms.add(job.roomId);
      counts.jobs += 1;
      counts.recipients += results.length;
      countOutcomes(results, outcomes);
      for (const { outcome, posts, framesTaken, answeredAt } of results) {
        gateway.posts += posts;
        gateway.framesTaken += framesTaken;
        if (outcome === 'delivered' && carriesMessages(job)) {
          deliveryLatency.push(Math.max(0, answeredAt - job.oldestReceivedAt));
        }
      }
      for (const connectionId of settlement.gone) gone.add(connectionId);
      counts.requeued += settlement.requeued.length;
      counts.givenUp += settlement.givenUp.length;
    },
    gone: () => [...gone],
    fields: () => ({ rooms: [...rooms], ...counts, outcomes, removed: gone.size }),
    measures() {
      const { recipients: _, ...emitted } = counts;
      const of = (outcome: Outcome) => outcomes[outcome] ?? 0;
      return {
        ...emitted,
        ...gateway,
        deliveries: of('delivered'),
        gone: of('gone'),
        throttled: of('throttled'),
        unanswered: of('failed'),
        tooLarge: of('too-large'),
        rejected: of('rejected'),
        dropped: of('dropped'),
        closed: of('closed'),
        deliveryLatency,
      };
    },
  };
}

/** Nobody waits for the others: a push of presence is gathered for a second, an order takes its time. */
const carriesMessages = ({ roomId, ephemeral }: DeliveryJob) => roomId !== NO_ROOM && !ephemeral;
