import { ASSUMPTIONS, PRICES, SECONDS_PER_MONTH } from './platform.ts';
import type { Traffic } from './traffic.ts';

/** Dollars per month of steady load. */
export interface Costs {
  apiGateway: number;
  egress: number;
  dynamoDb: number;
  sqs: number;
  lambda: number;
  logs: number;
  total: number;
}

const MILLION = 1e6;
const GB = 1e9;

/** What a function costs a second: how often it runs, for how long, in how much memory. */
interface Runs {
  perSecond: number;
  ms: number;
  gb: number;
}

/** How long an invocation takes, in milliseconds. */
interface Durations {
  batchMs: number;
  deliveryMs: number;
}

/** What the bill is made of; everything is per second. */
export type BilledTraffic = Pick<
  Traffic,
  | 'messages'
  | 'connections'
  | 'pings'
  | 'posts'
  | 'postedBytes'
  | 'fanOuts'
  | 'jobs'
  | 'batches'
  | 'deliveries'
  | 'tableWrites'
  | 'tableReads'
  | 'sqsRequests'
>;

export function monthlyCosts(
  traffic: BilledTraffic,
  messageBytes: number,
  durations: Durations,
): Costs {
  const perMonth = (perSecond: number) => perSecond * SECONDS_PER_MONTH;
  const { messages, posts, pings, fanOuts, jobs, batches, deliveries } = traffic;

  const runs: Runs[] = [
    { perSecond: messages, ms: ASSUMPTIONS.sendMs, gb: ASSUMPTIONS.sendMemoryGb },
    { perSecond: pings, ms: ASSUMPTIONS.sendMs, gb: ASSUMPTIONS.sendMemoryGb },
    { perSecond: batches, ms: durations.batchMs, gb: ASSUMPTIONS.fanOutMemoryGb },
    { perSecond: deliveries, ms: durations.deliveryMs, gb: ASSUMPTIONS.deliverMemoryGb },
  ];
  const storedBytes = messages * messageBytes * ASSUMPTIONS.retentionDays * 86_400;
  const lines = {
    // What a client sends is answered by a message of its own.
    apiGateway:
      gatewayMessages(perMonth(posts + 2 * messages + 2 * pings)) +
      (perMonth(traffic.connections / 60) / MILLION) *
        PRICES.apiGateway.perMillionConnectionMinutes,
    egress: (perMonth(traffic.postedBytes) / GB) * PRICES.egressPerGb,
    dynamoDb:
      (perMonth(traffic.tableWrites) / MILLION) * PRICES.dynamoDb.perMillionWrites +
      (perMonth(traffic.tableReads) / MILLION) * PRICES.dynamoDb.perMillionReads +
      (storedBytes / GB) * PRICES.dynamoDb.perGbMonth,
    sqs: (perMonth(traffic.sqsRequests) / MILLION) * PRICES.sqs.perMillionRequests,
    lambda: perMonth(runs.reduce((sum, run) => sum + lambdaPrice(run), 0)),
    // A line where a message is stored, for each fan-out and each job; and one for each batch of these.
    logs:
      (perMonth(messages + fanOuts + jobs + batches + deliveries) *
        ASSUMPTIONS.logLineBytes *
        PRICES.logsPerGb) /
      GB,
  };
  return { ...lines, total: Object.values(lines).reduce((sum, line) => sum + line, 0) };
}

function gatewayMessages(perMonth: number): number {
  const { perMillionMessages, firstTierMessagesPerMonth, perMillionMessagesBeyond } =
    PRICES.apiGateway;
  const first = Math.min(perMonth, firstTierMessagesPerMonth);
  return (
    (first / MILLION) * perMillionMessages +
    ((perMonth - first) / MILLION) * perMillionMessagesBeyond
  );
}

function lambdaPrice({ perSecond, ms, gb }: Runs): number {
  const { perMillionRequests, perGbSecond } = PRICES.lambda;
  return perSecond * (perMillionRequests / MILLION + (ms / 1_000) * gb * perGbSecond);
}

/** As long as the work needs, with nothing to wait for. */
export const durationsOf = (traffic: Traffic): Durations => ({
  batchMs: batchMs(traffic),
  deliveryMs: deliveryMs(traffic),
});

/** Of one room. */
export function fanOutMs({ membersPerFanOut }: Traffic): number {
  const { fanOutMs: base, fanOutMsPerThousandMembers } = ASSUMPTIONS;
  return base + (membersPerFanOut / 1_000) * fanOutMsPerThousandMembers;
}

/** One invocation of `2-fan-out`. */
export function batchMs(traffic: Traffic): number {
  return fanOutMs(traffic) * Math.max(1, traffic.fanOutsPerBatch / ASSUMPTIONS.roomsAtOnce);
}

/** One invocation of `3-deliver`: as long as its sockets or its CPU need, whichever is longer. */
export function deliveryMs({ posts, deliveries }: Traffic): number {
  if (deliveries === 0) return 0;
  const { postMs, postsAtOnce, postCpuMs, deliverCoreShare, deliverStartMs } = ASSUMPTIONS;
  const postsEach = posts / deliveries;
  const bySockets = Math.ceil(postsEach / postsAtOnce) * postMs;
  const byCpu = (postsEach * postCpuMs) / deliverCoreShare;
  return deliverStartMs + Math.max(bySockets, byCpu);
}
