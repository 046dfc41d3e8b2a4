import { type Obedient, startThread } from '../../support/thread.ts';
import type { CrowdSettings, LoadOrders } from './load-orders.ts';

/** A crowd that is somewhere else: in a thread, or in a process of another tool. */
export type LoadCrowd = Obedient<LoadOrders>;

export function startThreads(
  settings: Omit<CrowdSettings, 'remainder' | 'crowds'>,
  crowds: number,
): Promise<LoadCrowd[]> {
  const entry = new URL('./crowd-thread.ts', import.meta.url);
  return Promise.all(
    Array.from({ length: crowds }, (_, remainder) =>
      startThread<LoadOrders>(entry, { ...settings, remainder, crowds }),
    ),
  );
}
