import type { DeliveryJob } from './ports.ts';

/** A job for frames that are worth nothing later. Times in milliseconds since the epoch. */
export function ephemeralJob(
  job: Pick<DeliveryJob, 'roomId' | 'frames' | 'connectionIds'>,
  times: { causedAt: number; now: number },
): DeliveryJob {
  return {
    ...job,
    hops: 0,
    oldestReceivedAt: times.causedAt,
    fannedOutAt: times.now,
    ephemeral: true,
  };
}
