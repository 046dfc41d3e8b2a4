import { batchMs, type Costs, deliveryMs, durationsOf, fanOutMs, monthlyCosts } from './costs.ts';
import { deployedLimits, type Pacing } from './pacing.ts';
import { ASSUMPTIONS, LIMITS, SECONDS_PER_MONTH } from './platform.ts';
import { type Load, type Traffic, trafficOf } from './traffic.ts';

export interface PlanOptions {
  /** Requests a second that the account may make, as the quota was raised. */
  quota: number;
  pacing: Pacing;
}

export type Verdict =
  /** It fits, with room to spare. */
  | { kind: 'fits' }
  /** It does not, or barely: have the quota raised to this. */
  | { kind: 'raise-quota'; to: number }
  /** One post per member is the wrong tool: take a service that publishes once for all members. */
  | { kind: 'managed-service'; because: string };

export interface Plan {
  traffic: Traffic;
  /** 1 is all of it. */
  quotaShare: number;
  latency: {
    /** From the request of the sender to the first member, when nothing waits. */
    firstMs: number;
    /** To the last member of one room; no figure when the backlog grows for ever. */
    lastMs: number | undefined;
  };
  concurrency: { send: number; fanOut: number; deliver: number };
  monthly: Costs;
  perMillionMessages: number;
  warnings: string[];
  verdict: Verdict;
}

/** Of the quota; the rest is for what no plan foresees. */
const QUOTA_SHARE_MAX = 0.8;

/** Ten times the default. What an account is granted beyond is nothing to plan on. */
const QUOTA_WORTH_RAISING = 100_000;

/** A chat message that takes longer to everybody is no conversation any more. */
const LAST_MEMBER_MAX_MS = 5_000;

export function planFor(load: Load, { quota, pacing }: PlanOptions): Plan {
  const traffic = trafficOf(load, pacing);
  const latency = latencyOf(load, traffic, quota);
  const monthly = monthlyCosts(traffic, load.messageBytes, durationsOf(traffic));
  const busy = (perSecond: number, ms: number) => (perSecond * ms) / 1_000;
  const concurrency = {
    send: busy(traffic.messages, ASSUMPTIONS.sendMs),
    fanOut: busy(traffic.batches, batchMs(traffic)),
    deliver: busy(traffic.deliveries, deliveryMs(traffic)),
  };
  return {
    traffic,
    quotaShare: traffic.gatewayRequests / quota,
    latency,
    concurrency,
    monthly,
    perMillionMessages: (monthly.total / (traffic.messages * SECONDS_PER_MONTH)) * 1e6,
    warnings: warningsOf(traffic, concurrency.deliver, quota),
    verdict: verdictOf(load, traffic, quota),
  };
}

function latencyOf({ members }: Load, traffic: Traffic, quota: number): Plan['latency'] {
  const { sendMs, sqsMs, deliverStartMs, postMs, postsAtOnce } = ASSUMPTIONS;
  // A message waits half the time between two polls, and half its window, on average.
  const waitMs = 1_000 / LIMITS.streamPollsPerSecond / 2 + traffic.windowMs / 2;
  const firstMs = sendMs + waitMs + ASSUMPTIONS.fanOutMs + sqsMs + deliverStartMs + postMs;
  if (traffic.gatewayRequests > quota) return { firstMs, lastMs: undefined };

  const postsPerMs = (deliverEnvironments(quota) * postsAtOnce) / postMs;
  const toPostMs = members / postsPerMs;
  const enqueueMs = fanOutMs(traffic) - ASSUMPTIONS.fanOutMs;
  // The last job waits for its second.
  const staggeredMs = Math.floor(staggerMs(members, quota) / 1_000) * 1_000;
  return { firstMs, lastMs: firstMs + Math.max(toPostMs, enqueueMs, staggeredMs) };
}

/** How many of 3-deliver run at once when the stack is given its share of the quota. */
const deliverEnvironments = (quota: number) =>
  Math.max(2, Math.ceil((quota * QUOTA_SHARE_MAX) / ASSUMPTIONS.postsPerEnvironment));

/** How long one frame to so many members is taken from the queue. */
const staggerMs = (members: number, quota: number) =>
  (members / deployedLimits(quota).roomPostsAtOnce) * 1_000;

function warningsOf(traffic: Traffic, deliverConcurrency: number, quota: number): string[] {
  const { partitionWritesPerSecond, partitionReadsPerSecond } = LIMITS;
  const deliverMaxConcurrency = deliverEnvironments(quota);
  const fanOutBusyMs = traffic.batchesOfOneShard * batchMs(traffic);
  const warnings: [boolean, string][] = [
    [
      traffic.hottestWrites > partitionWritesPerSecond,
      `A room's partition of Messages takes ${partitionWritesPerSecond} units/s; this room writes ${Math.ceil(traffic.hottestWrites)}.`,
    ],
    [
      traffic.hottestReads > partitionReadsPerSecond,
      `A room's partition of Memberships gives ${partitionReadsPerSecond} units/s; its fan-out reads ${Math.ceil(traffic.hottestReads)}.`,
    ],
    [
      traffic.refusedShare > 0,
      `Slow mode: ${Math.round(100 * traffic.refusedShare)} % of what is sent is told to come later, since the share of one room is half of what the stack may post.`,
    ],
    [
      fanOutBusyMs > 1_000,
      `A shard of the stream is fanned out one batch after the other; this takes ${Math.ceil(fanOutBusyMs)} ms of each second, so batches grow, and messages wait for each other.`,
    ],
    [
      deliverConcurrency > deliverMaxConcurrency,
      `3-deliver runs ${deliverMaxConcurrency} times at once at most; this needs ${Math.ceil(deliverConcurrency)}.`,
    ],
  ];
  return warnings.filter(([applies]) => applies).map(([, text]) => text);
}

function verdictOf({ members }: Load, traffic: Traffic, quota: number): Verdict {
  const needed = roundUp(traffic.gatewayRequests / QUOTA_SHARE_MAX);
  if (needed > QUOTA_WORTH_RAISING) {
    const because = `${needed.toLocaleString('en-US')} requests/s are beyond ${QUOTA_WORTH_RAISING.toLocaleString('en-US')}, ten times the default quota`;
    return { kind: 'managed-service', because };
  }
  const forStagger = roundUp(staggerMs(members, 1) / LAST_MEMBER_MAX_MS);
  if (forStagger > QUOTA_WORTH_RAISING) {
    const because = `one message to ${members.toLocaleString('en-US')} members takes more than ${LAST_MEMBER_MAX_MS / 1_000} s even at ten times the default quota`;
    return { kind: 'managed-service', because };
  }
  const to = Math.max(needed, forStagger);
  return to > quota ? { kind: 'raise-quota', to } : { kind: 'fits' };
}

const roundUp = (requestsPerSecond: number) => Math.ceil(requestsPerSecond / 1_000) * 1_000;

/** The most of one quantity of the load that fits without a warning: more of it never costs less. */
export function mostThatFits(
  load: Load,
  quantity: 'members' | 'messagesPerSecond' | 'rooms',
  options: PlanOptions,
): number {
  const fits = (value: number) => {
    const { verdict, warnings } = planFor({ ...load, [quantity]: value }, options);
    return verdict.kind === 'fits' && warnings.length === 0;
  };
  let low = 0;
  let high = 1;
  while (fits(high) && high < 1e9) high *= 2;
  while (high - low > Math.max(0.01, low * 0.001)) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
