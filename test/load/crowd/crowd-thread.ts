/** A thread of clients, so that the report is written by somebody who is not busy. */
import { workerData } from 'node:worker_threads';
import { obeyInThread } from '../../support/thread.ts';
import { createCrowd } from './crowd.ts';
import type { LoadOrders } from './load-orders.ts';
import { enterAtPace, obeyLoad } from './obey-load.ts';
import { parseOnce } from './parse-once.ts';

parseOnce();
const crowd = createCrowd(workerData);
obeyInThread<LoadOrders>(obeyLoad(crowd, enterAtPace(crowd)));
