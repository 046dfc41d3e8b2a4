import { monthlyCosts } from '../costs.ts';
import { SECONDS_PER_MONTH } from '../platform.ts';
import type { Ledger } from './ledger.ts';
import { type Population, sum } from './population.ts';
import type { Usage } from './usage.ts';
import type { WeightedLatencies } from './weighted-latencies.ts';

/** What a run shows; everything that is a rate is per second. */
export interface Figures {
  offered: number;
  accepted: number;
  refused: { slowMode: number; partition: number; gateway: number };
  posts: number;
  /** Refused with 429. They are posted again. */
  refusedPosts: number;
  requests: number;
  /** 1 is all of it. */
  quotaShare: number;
  postsPerMemberAndMessage: number;
  /** In milliseconds from the sender's request; undefined where the run was over before. */
  toEachMember: { p50: number | undefined; p99: number | undefined };
  toTheLastMember: { p50: number | undefined; p99: number | undefined };
  tableWrites: number;
  tableReads: number;
  sqsRequests: number;
  /** Of what is delivered, at once or later. */
  perMillionMessages: number;
}

/** Per second, what was counted between warm-up and end. */
export interface Rates extends Usage {
  posts: number;
  requests: number;
  refusedPosts: number;
  postedBytes: number;
  /** Of a message and a member. */
  deliveredPairs: number;
  acceptedPairs: number;
}

export interface FiguresInput {
  population: Population;
  messageBytes: number;
  quota: number;
  connections: number;
  rates: Rates;
  ledger: Ledger;
}

export function figuresOf(input: FiguresInput): Figures {
  const { population, messageBytes, quota, rates, ledger } = input;
  const posts = rates.posts - rates.refusedPosts;
  // What is delivered before or after, for what was said meanwhile, costs the same.
  const owed = ratio(rates.acceptedPairs, rates.deliveredPairs);
  const traffic = {
    ...rates,
    connections: input.connections,
    posts: posts * owed,
    postedBytes: rates.postedBytes * owed,
    batches: rates.fanOutBatches,
    jobs: rates.jobs * owed,
    deliveries: rates.deliverBatches * owed,
  };
  const monthly = monthlyCosts(traffic, messageBytes, {
    batchMs: ratio(rates.fanOutMs, rates.fanOutBatches),
    deliveryMs: ratio(rates.deliverMs, rates.deliverBatches),
  });
  return {
    offered: sum(population.rates),
    accepted: rates.messages,
    refused: {
      slowMode: rates.refusedBySlowMode,
      partition: rates.refusedByPartition,
      gateway: rates.refusedByGateway,
    },
    posts: rates.posts,
    refusedPosts: rates.refusedPosts,
    requests: rates.requests,
    quotaShare: rates.requests / quota,
    postsPerMemberAndMessage: ratio(posts, rates.deliveredPairs),
    toEachMember: quantiles(ledger.deliveries),
    toTheLastMember: quantiles(ledger.lastMembers),
    tableWrites: rates.tableWrites,
    tableReads: rates.tableReads,
    sqsRequests: rates.sqsRequests,
    perMillionMessages: ratio(monthly.total, rates.messages * SECONDS_PER_MONTH) * 1e6,
  };
}

function quantiles(latencies: WeightedLatencies) {
  return { p50: latencies.quantile(0.5), p99: latencies.quantile(0.99) };
}

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
