/** What has been used of the platform since the start of a run. */
export interface Usage {
  messages: number;
  refusedBySlowMode: number;
  refusedByPartition: number;
  refusedByGateway: number;
  pings: number;
  fanOutBatches: number;
  fanOutMs: number;
  /** Of a room each. */
  fanOuts: number;
  deliverMs: number;
  deliverBatches: number;
  jobs: number;
  tableWrites: number;
  tableReads: number;
  sqsRequests: number;
}

export const noUsage = (): Usage => ({
  messages: 0,
  refusedBySlowMode: 0,
  refusedByPartition: 0,
  refusedByGateway: 0,
  pings: 0,
  fanOutBatches: 0,
  fanOutMs: 0,
  fanOuts: 0,
  deliverMs: 0,
  deliverBatches: 0,
  jobs: 0,
  tableWrites: 0,
  tableReads: 0,
  sqsRequests: 0,
});

/** Per second, between two moments. */
export function perSecond<Counts extends Record<keyof Counts, number>>(
  from: Counts,
  to: Counts,
  seconds: number,
): Counts {
  const names = Object.keys(to) as (keyof Counts)[];
  return Object.fromEntries(
    names.map((name) => [name, (to[name] - from[name]) / seconds]),
  ) as Counts;
}
