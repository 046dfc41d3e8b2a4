/**
 * What the platform allows and charges, as far as the planner needs it. List prices in US dollars for
 * us-east-1 without the free tier, and default quotas, as of November 2026. Look them up for your own
 * Region before you decide by them: https://aws.amazon.com/api-gateway/pricing/ and its neighbours.
 */
export const PRICES = {
  apiGateway: {
    /** A message is metered per 32 KB, in and out. */
    perMillionMessages: 1,
    firstTierMessagesPerMonth: 1e9,
    perMillionMessagesBeyond: 0.8,
    perMillionConnectionMinutes: 0.25,
  },
  egressPerGb: 0.09,
  dynamoDb: { perMillionWrites: 0.625, perMillionReads: 0.125, perGbMonth: 0.25 },
  /** A standard queue, with the surcharge of message groups (fair queues); metered per 64 KB. */
  sqs: { perMillionRequests: 0.5, meteredBytes: 64 * 1024 },
  /** On arm64. */
  lambda: { perMillionRequests: 0.2, perGbSecond: 0.0000133334 },
  logsPerGb: 0.5,
} as const;

export const LIMITS = {
  /** Per account and Region, for inbound messages and posts together. The rate can be raised. */
  requestsPerSecond: 10_000,
  /** The burst cannot be asked for. */
  requestBurst: 5_000,
  /** Of one partition of a table. */
  partitionWritesPerSecond: 1_000,
  partitionReadsPerSecond: 3_000,
  /** A stream is polled so often, and hands over so many records at once. */
  streamPollsPerSecond: 4,
  streamBatchRecords: 100,
  /** A new table on demand has room for 4,000 writes/s: four partitions, and as many shards. */
  streamShardsMin: 4,
  /** Functions at once, of all kinds. The default of an account, which can be raised. */
  lambdaConcurrency: 1_000,
} as const;

/** What the code of this project is, or is taken to be. Times are milliseconds. */
export const ASSUMPTIONS = {
  /** Of a post, as the sender sees it. 50 run at once. */
  postMs: 20,
  postsAtOnce: 50,
  /** CPU of a post on a full core, TLS included, and what 512 MB have of a core. */
  postCpuMs: 0.1,
  deliverCoreShare: 512 / 1_769,
  /** The part of `postsPerSecond` that each environment of 3-deliver gets. */
  postsPerEnvironment: 1_000,

  sendMs: 15,
  fanOutMs: 15,
  fanOutMsPerThousandMembers: 25,
  /** Rooms of one batch that are fanned out at once. */
  roomsAtOnce: 8,
  sqsMs: 10,
  deliverStartMs: 5,
  sendMemoryGb: 0.25,
  fanOutMemoryGb: 0.5,
  deliverMemoryGb: 0.5,

  membershipRowBytes: 110,
  connectionIdBytes: 19,
  frameEnvelopeBytes: 60,
  jobEnvelopeBytes: 150,
  jobsPerRequest: 10,
  framesPerJob: 8,
  logLineBytes: 300,
  /** A client that is otherwise silent asks for the heads of its rooms so often. */
  heartbeatSeconds: 270,
  retentionDays: 30,
} as const;

export const SECONDS_PER_MONTH = 730 * 3_600;
