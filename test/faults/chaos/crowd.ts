import { type Obedient, startThread } from '../../support/thread.ts';
import type { CrowdOrders, CrowdSettings } from './crowd-orders.ts';

/** Many clients in a thread of their own. */
export type Crowd = Obedient<CrowdOrders>;

export const startCrowd = (settings: CrowdSettings): Promise<Crowd> =>
  startThread(new URL('./crowd-worker.ts', import.meta.url), settings);
