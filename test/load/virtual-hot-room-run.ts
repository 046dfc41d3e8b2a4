import { fullJitter } from '../../client/backoff.ts';
import { createTokenBucket } from '../../local/gateway/token-bucket.ts';
import type { RoomLimits } from '../../services/messages/2-fan-out/stagger.ts';
import { ChatError } from '../../shared/domain/errors.ts';
import type { MessagesPush } from '../../shared/protocol/frames.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { createVirtualPipeline } from '../support/virtual-pipeline.ts';
import { rememberLast } from './crowd/remember-last.ts';
import { createHistogram, type Histogram, quantilesOf } from './measure/histogram.ts';

/** Half of 8,000 posts a second, as a stack is deployed by default. */
export const DEPLOYED = { roomPostsPerSecond: 4_000, roomPostsAtOnce: 4_000, windowMaxMs: 2_000 };

export interface HotRoomOptions {
  seconds: number;
  pacing: RoomLimits;
  /** Absent: the quiet rooms are alone. */
  hot?: { members: number; messagesPerSecond: number };
}

export interface HotRoomRun {
  quiet: RoomsSeen;
  hot: RoomsSeen;
  /** When each post was made, ascending. */
  postsAt: number[];
  /** By the bucket of the account. */
  refusedPosts: number;
}

/** Of messages that were meant to be sent after the warm-up. */
export interface RoomsSeen {
  offered: number;
  stored: number;
  /** Answers that told a sender to wait; it sends again, as the library does. */
  toldToWait: number;
  /** Stored messages times members. */
  owed: number;
  /** What the gateway took by the end of the run, also when it was pushed again. */
  deliveries: number;
  /** From the sender's first attempt to that, over all recipients. */
  p50Ms: number;
  p99Ms: number;
}

/** What API Gateway allows an account: requests a second, and at once. */
const QUOTA = { perSecond: 10_000, burst: 5_000 };
const POST_MS = 15;

const QUIET_ROOMS = Array.from({ length: 50 }, (_, index) => `quiet-${index}`);
const QUIET_MEMBERS = 10;
const QUIET_INTERVAL_MS = 2_000;
const HOT_ROOM = 'hot';
const SEED = 1;
/** Environments start cold; nobody measures that here. */
const WARM_UP_MS = 1_000;
const REST_MS = 3_000;
/** The library's, between two attempts of a message that nobody told it how long to hold back. */
const BACKOFF_BASE_MS = 500;
const BACKOFF_MAX_MS = 30_000;

/** Quiet rooms, alone or beside a hot one: the pipeline on virtual time, at the account's bucket. */
export async function runBesideHotRoom(options: HotRoomOptions): Promise<HotRoomRun> {
  const { seconds, pacing, hot } = options;
  const seen = { quiet: createSeen(), hot: createSeen() };
  const run = { postsAt: [] as number[], refusedPosts: 0 };
  const sentAt = new Map<string, number>();
  const backoff = fullJitter(BACKOFF_BASE_MS, BACKOFF_MAX_MS, seededRandom(SEED));
  /** Nothing of it is expected: it ends the run. */
  const broken: unknown[] = [];
  const readFrame = rememberLast(
    (frame: string) => JSON.parse(frame) as MessagesPush,
    (one, other) => one === other,
  );
  const pipeline = createVirtualPipeline({
    seed: SEED,
    pacing,
    async post(_connectionId, frame) {
      run.postsAt.push(pipeline.now());
      const isTaken = bucket.tryTake();
      await new Promise<void>((resolve) => pipeline.after(POST_MS, resolve));
      if (!isTaken) {
        run.refusedPosts += 1;
        return 'throttled';
      }
      const { roomId, messages } = readFrame(frame);
      for (const { seq } of messages) {
        const at = sentAt.get(`${roomId} ${seq}`);
        if (at !== undefined) seenIn(roomId).latencyMs.record(pipeline.now() - at);
      }
      return 'delivered';
    },
  });
  const bucket = createTokenBucket(pipeline, QUOTA.perSecond, QUOTA.burst);

  if (hot !== undefined) await pipeline.fill(HOT_ROOM, hot.members);
  for (const roomId of QUIET_ROOMS) await pipeline.fill(roomId, QUIET_MEMBERS);
  const start = pipeline.now() + WARM_UP_MS;

  /** The latency begins with the first attempt: having to wait is part of it. */
  async function say(roomId: string): Promise<void> {
    const room = seenIn(roomId);
    const at = pipeline.now();
    const counts = at >= start;
    if (counts) room.offered += 1;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { seq } = await pipeline.send(roomId, 'hello');
        if (!counts) return;
        room.stored += 1;
        sentAt.set(`${roomId} ${seq}`, at);
        return;
      } catch (error) {
        if (!(error instanceof ChatError && error.retryable)) throw error;
        if (counts) room.toldToWait += 1;
        const waitMs = backoff(attempt, error.retryAfterMs);
        await new Promise<void>((resolve) => pipeline.after(waitMs, resolve));
      }
    }
  }
  const sayEvery = (roomId: string, intervalMs: number, firstMs: number) => {
    for (let ms = firstMs; ms < WARM_UP_MS + seconds * 1_000; ms += intervalMs) {
      pipeline.after(ms, () => void say(roomId).catch((error) => broken.push(error)));
    }
  };

  if (hot !== undefined) sayEvery(HOT_ROOM, 1_000 / hot.messagesPerSecond, 0);
  for (const [index, roomId] of QUIET_ROOMS.entries()) {
    sayEvery(roomId, QUIET_INTERVAL_MS, (index * QUIET_INTERVAL_MS) / QUIET_ROOMS.length);
  }
  await pipeline.run(WARM_UP_MS + seconds * 1_000 + REST_MS);
  if (broken.length > 0) throw broken[0];
  return {
    quiet: summaryOf(seen.quiet, QUIET_MEMBERS),
    hot: summaryOf(seen.hot, hot?.members ?? 0),
    ...run,
  };

  function seenIn(roomId: string): Seen {
    return roomId === HOT_ROOM ? seen.hot : seen.quiet;
  }
}

interface Seen extends Pick<RoomsSeen, 'offered' | 'stored' | 'toldToWait'> {
  latencyMs: Histogram;
}

const createSeen = (): Seen => ({
  ...{ offered: 0, stored: 0, toldToWait: 0 },
  latencyMs: createHistogram(),
});

function summaryOf({ latencyMs, ...counts }: Seen, members: number): RoomsSeen {
  const { count = 0, p50 = 0, p99 = 0 } = quantilesOf(latencyMs.data()) ?? {};
  return { ...counts, owed: counts.stored * members, deliveries: count, p50Ms: p50, p99Ms: p99 };
}
