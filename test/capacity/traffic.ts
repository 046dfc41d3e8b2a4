import { DELIVERY_CHUNK_SIZE } from '../../services/messages/2-fan-out/address.ts';
import type { Pacing } from './pacing.ts';
import { ASSUMPTIONS, LIMITS, PRICES } from './platform.ts';

/** What somebody expects of a deployment. All rooms are alike. */
export interface Load {
  rooms: number;
  /** Of each room, all of them online. */
  members: number;
  /** In each room. */
  messagesPerSecond: number;
  /** A message as JSON. */
  messageBytes: number;
}

/** What it does to the platform: everything is per second. */
export interface Traffic {
  messages: number;
  connections: number;
  pings: number;
  posts: number;
  postedBytes: number;
  /** Against the quota: posts and what clients send. */
  gatewayRequests: number;
  windowMs: number;
  /** Of the messages that are offered, the part that is told to come later. */
  refusedShare: number;
  fanOuts: number;
  membersPerFanOut: number;
  /** Invocations of `2-fan-out`: a batch of the stream holds messages of several rooms. */
  batches: number;
  /** Of those, each shard has one at work at a time. */
  batchesOfOneShard: number;
  fanOutsPerBatch: number;
  jobs: number;
  deliveries: number;
  tableWrites: number;
  tableReads: number;
  /** The units of the partition that is hit most. */
  hottestWrites: number;
  hottestReads: number;
  /** As they are billed. */
  sqsRequests: number;
}

export function trafficOf(load: Load, pacing: Pacing): Traffic {
  const { rooms, members, messagesPerSecond, messageBytes } = load;
  const offered = rooms * messagesPerSecond;
  const writesPerMessage = 2 * Math.ceil(messageBytes / 1_024);
  const shards = Math.max(
    LIMITS.streamShardsMin,
    Math.ceil((offered * writesPerMessage) / LIMITS.partitionWritesPerSecond),
  );
  const roomsPerShard = Math.ceil(rooms / shards);
  const shardMessagesPerSecond = messagesPerSecond * roomsPerShard;
  const paced = pacing({ members, messagesPerSecond, messageBytes, shardMessagesPerSecond });
  const { fanOutsPerSecond, framesPerFanOut, messagesPerFrame, windowMs } = paced;
  const { refusedShare = 0 } = paced;
  const messages = offered * (1 - refusedShare);
  const fanOuts = rooms * fanOutsPerSecond;
  const frameBytes = ASSUMPTIONS.frameEnvelopeBytes + messagesPerFrame * messageBytes;
  const posts = fanOuts * framesPerFanOut * members;
  const connections = rooms * members;
  const pings = connections / ASSUMPTIONS.heartbeatSeconds;
  const memberReads = Math.ceil((members * ASSUMPTIONS.membershipRowBytes) / 4_096);
  const batchesOfOneShard = Math.min(
    fanOutsPerSecond * roomsPerShard,
    Math.max(LIMITS.streamPollsPerSecond, shardMessagesPerSecond / LIMITS.streamBatchRecords),
  );
  const batches = (batchesOfOneShard * rooms) / roomsPerShard;
  const fanOutsPerBatch = fanOuts / batches;
  const queue = queueTraffic(members, framesPerFanOut, frameBytes, fanOutsPerBatch);
  return {
    messages,
    connections,
    pings,
    posts,
    postedBytes: posts * frameBytes,
    gatewayRequests: posts + offered + pings,
    windowMs,
    refusedShare,
    fanOuts,
    membersPerFanOut: members,
    batches,
    batchesOfOneShard,
    fanOutsPerBatch,
    jobs: batches * queue.jobs,
    deliveries: batches * queue.requests,
    // The room's number, then one transaction of the message and its receipt, at twice the units.
    tableWrites: messages * (1 + writesPerMessage + 2),
    // The sender's membership and receipt; then the room's head and its members; a ping takes two.
    tableReads: messages * 2 + fanOuts * (1 + memberReads) + pings * 2,
    hottestWrites: messagesPerSecond * writesPerMessage,
    hottestReads: fanOutsPerSecond * memberReads,
    sqsRequests: batches * queue.billed,
  };
}

/**
 * One batch of the stream: its jobs, the requests that send them, which its rooms share, and what is
 * billed for those until deletion.
 */
function queueTraffic(members: number, frames: number, frameBytes: number, rooms: number) {
  const { framesPerJob, jobsPerRequest, jobEnvelopeBytes, connectionIdBytes } = ASSUMPTIONS;
  const jobs = rooms * Math.ceil(members / DELIVERY_CHUNK_SIZE) * Math.ceil(frames / framesPerJob);
  const requests = Math.ceil(jobs / jobsPerRequest);
  const jobBytes =
    jobEnvelopeBytes +
    Math.min(frames, framesPerJob) * frameBytes +
    Math.min(members, DELIVERY_CHUNK_SIZE) * connectionIdBytes;
  const metered = Math.ceil((jobBytes * jobs) / requests / PRICES.sqs.meteredBytes);
  // Sent and received with their bytes, deleted without.
  return { jobs, requests, billed: requests * (2 * metered + 1) };
}
