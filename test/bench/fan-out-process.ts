/** A process of its own that fans one event out, once and cold, and tells how long and how large it got. */
import { once } from 'node:events';
import { loadBuiltHandler, PATIENT_CONTEXT } from './built-handler.ts';
import { observeRequests } from './observed-requests.ts';

export interface Assignment {
  environment: Record<string, string>;
  event: unknown;
}

export interface Performance {
  /** Of each invocation. */
  wallMs: number[];
  /** From the first event to the first and to the last request with jobs. */
  firstJobMs: number;
  lastJobMs: number;
  /** The most that the process ever took of the machine's memory. */
  maxRssMb: number;
}

interface BatchResponse {
  batchItemFailures: unknown[];
}

const [{ environment, event }] = (await once(process, 'message')) as [Assignment];
const fanOut = await loadBuiltHandler<unknown, BatchResponse>(
  'services/messages/2-fan-out',
  environment,
);
const startedAt = performance.now();
const requests = await observeRequests(async () => {
  const { batchItemFailures } = await fanOut(event, PATIENT_CONTEXT);
  if (batchItemFailures.length > 0) throw new Error('The fan-out failed.');
});
const ends = requests
  .filter(({ operation }) => operation === 'SendMessageBatch')
  .map(({ endedAt }) => endedAt - startedAt);
const performed: Performance = {
  wallMs: [performance.now() - startedAt],
  firstJobMs: Math.min(...ends),
  lastJobMs: Math.max(...ends),
  maxRssMb: process.resourceUsage().maxRSS / 1_024,
};
process.send?.(performed);
process.disconnect();
