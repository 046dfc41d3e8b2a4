import type { DeliveryQueue, Memberships, PartJob } from '../../../shared/domain/ports.ts';
import { createAddress } from '../2-fan-out/address.ts';
import { createJobCollector } from '../2-fan-out/job-collector.ts';
import type { StaggerLimits } from '../2-fan-out/stagger.ts';

export interface PartReport {
  members: number;
  jobs: number;
}

export type TellPart = (part: PartJob) => Promise<PartReport>;

/**
 * Makes delivery jobs of what a very large room is told, for the members in some of its shards. At
 * least once: repeated after a failure, it sends some of them twice.
 */
export function createTellPart({
  memberships,
  queue,
  limits,
}: {
  memberships: Pick<Memberships, 'connectionPages'>;
  queue: DeliveryQueue;
  limits: StaggerLimits;
}): TellPart {
  const address = createAddress(memberships);

  return async ({ kind: _, shards, ...push }) => {
    const collector = createJobCollector(queue, limits);
    const [addressed] = await Promise.allSettled([address(push, shards, collector.add)]);
    // Nothing is left under way, whatever has failed.
    const { jobs, failedRooms } = await collector.close();
    if (addressed.status === 'rejected') throw addressed.reason;
    for (const [, error] of failedRooms) throw error;
    return { members: addressed.value, jobs };
  };
}
