/** A process of its own that fans one event out, once and cold, and tells how long and how large it got. */
import { once } from 'node:events';
import { loadBothLevels } from './both-levels.ts';
import { observeRequests } from './observed-requests.ts';

export interface Assignment {
  environment: Record<string, string>;
  event: unknown;
}

export interface Performance {
  /** Of each invocation; those of parts come after one another, beside the first. */
  wallMs: number[];
  /** From the event to the first request with delivery jobs. */
  firstJobMs: number;
  /** The most that the process ever took of the machine's memory. */
  maxRssMb: number;
}

const [{ environment, event }] = (await once(process, 'message')) as [Assignment];
const levels = await loadBothLevels(environment);
const startedAt = performance.now();
let wallMs: number[] = [];
const requests = await observeRequests(async () => {
  wallMs = await levels.fanOut(event, true);
});
levels.stop();
const withJobs = requests.filter(({ operation }) => operation === 'SendMessageBatch');
const performed: Performance = {
  wallMs,
  firstJobMs: Math.min(...withJobs.map(({ endedAt }) => endedAt)) - startedAt,
  maxRssMb: process.resourceUsage().maxRSS / 1_024,
};
process.send?.(performed);
process.disconnect();
