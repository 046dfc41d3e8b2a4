import { createTokenBucket } from '../../local/gateway/token-bucket.ts';
import type { PacingLimits } from '../../shared/domain/pacing.ts';
import { createVirtualPipeline } from '../support/virtual-pipeline.ts';

/** Half of 8,000 posts a second, as a stack is deployed by default. */
export const DEPLOYED: PacingLimits = { roomPostsPerSecond: 4_000, windowMaxMs: 2_000 };

export interface HotRoomOptions {
  seconds: number;
  pacing: PacingLimits;
  /** Absent: the quiet rooms are alone. */
  hot?: { members: number; messagesPerSecond: number };
}

export interface HotRoomRun {
  /** From the sender's request to the gateway's taking of it, over all recipients of quiet rooms. */
  quiet: { deliveries: number; p50Ms: number; p99Ms: number };
  hot: { deliveries: number; p50Ms: number; p99Ms: number };
  /** When each post was made, ascending. */
  postsAt: number[];
  /** By the bucket of the account. */
  refusedPosts: number;
}

/** What API Gateway allows an account: requests a second, and at once. */
const QUOTA = { perSecond: 10_000, burst: 5_000 };
const POST_MS = 15;

const QUIET_ROOMS = Array.from({ length: 50 }, (_, index) => `quiet-${index}`);
const QUIET_MEMBERS = 10;
const QUIET_INTERVAL_MS = 2_000;
const HOT_ROOM = 'hot';
/** Environments start cold; nobody measures that here. */
const WARM_UP_MS = 1_000;
const REST_MS = 3_000;

/** Quiet rooms, alone or beside a hot one: the pipeline on virtual time, at the account's bucket. */
export async function runBesideHotRoom(options: HotRoomOptions): Promise<HotRoomRun> {
  const { seconds, pacing, hot } = options;
  const latencies = { quiet: [] as number[], hot: [] as number[] };
  const run = { postsAt: [] as number[], refusedPosts: 0 };
  const sentAt = new Map<string, number>();
  const pipeline = createVirtualPipeline({
    seed: 1,
    pacing,
    async post(_connectionId, frame) {
      run.postsAt.push(pipeline.now());
      const isTaken = bucket.tryTake();
      await new Promise<void>((resolve) => pipeline.after(POST_MS, resolve));
      if (!isTaken) {
        run.refusedPosts += 1;
        return 'throttled';
      }
      const { roomId, messages } = JSON.parse(frame);
      for (const { seq } of messages) {
        const at = sentAt.get(`${roomId} ${seq}`);
        const room = roomId === HOT_ROOM ? 'hot' : 'quiet';
        if (at !== undefined) latencies[room].push(pipeline.now() - at);
      }
      return 'delivered';
    },
  });
  const bucket = createTokenBucket(pipeline, QUOTA.perSecond, QUOTA.burst);

  if (hot !== undefined) await pipeline.fill(HOT_ROOM, hot.members);
  for (const roomId of QUIET_ROOMS) await pipeline.fill(roomId, QUIET_MEMBERS);
  const start = pipeline.now() + WARM_UP_MS;

  async function say(roomId: string): Promise<void> {
    const at = pipeline.now();
    const { seq } = await pipeline.send(roomId, 'hello');
    if (at >= start) sentAt.set(`${roomId} ${seq}`, at);
  }
  const sayEvery = (roomId: string, intervalMs: number, firstMs: number) => {
    for (let ms = firstMs; ms < WARM_UP_MS + seconds * 1_000; ms += intervalMs) {
      pipeline.after(ms, () => void say(roomId));
    }
  };

  if (hot !== undefined) sayEvery(HOT_ROOM, 1_000 / hot.messagesPerSecond, 0);
  for (const [index, roomId] of QUIET_ROOMS.entries()) {
    sayEvery(roomId, QUIET_INTERVAL_MS, (index * QUIET_INTERVAL_MS) / QUIET_ROOMS.length);
  }
  await pipeline.run(WARM_UP_MS + seconds * 1_000 + REST_MS);
  return { quiet: summaryOf(latencies.quiet), hot: summaryOf(latencies.hot), ...run };
}

function summaryOf(latenciesMs: readonly number[]) {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return { deliveries: sorted.length, p50Ms: at(sorted, 0.5), p99Ms: at(sorted, 0.99) };
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
