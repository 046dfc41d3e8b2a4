import type { RoomLimits } from '../../services/messages/2-fan-out/stagger.ts';
import { ChatError } from '../../shared/domain/errors.ts';
import { createVirtualPipeline } from '../support/virtual-pipeline.ts';
import type { MeasureOptions } from './harness.ts';
import type { BenchReport } from './report.ts';

/** As a stack is deployed by default: half of 8,000 posts a second, and two seconds. */
const DEPLOYED = { roomPostsPerSecond: 4_000, roomPostsAtOnce: 4_000, windowMaxMs: 2_000 };
const UNPACED = { ...DEPLOYED, roomPostsPerSecond: 1e9, roomPostsAtOnce: 1e9 };

const SECONDS = 30;
/** After the last message: its flush, and what it leaves to another one. */
const REST_MS = 10_000;
const TEXT = 'a message of some length, as people write it to each other '.repeat(3);

interface Load {
  members: number;
  messagesPerSecond: number;
}

interface Outcome {
  stored: number;
  refused: number;
  /** Frames times recipients, as they were enqueued. */
  posts: number;
  /** By number: from the sender's request to the job of the last recipient. */
  enqueuedAfterMs: Map<number, number>;
}

/** Messages at even intervals, to one room, on virtual time. */
async function offer({ members, messagesPerSecond }: Load, pacing: RoomLimits): Promise<Outcome> {
  const sentAt = new Map<number, number>();
  const outcome: Outcome = { stored: 0, refused: 0, posts: 0, enqueuedAfterMs: new Map() };
  const pipeline = createVirtualPipeline({
    seed: 1,
    pacing,
    onJob({ frames, connectionIds }, at) {
      outcome.posts += frames.length * connectionIds.length;
      for (const { seq } of frames.flatMap((frame) => JSON.parse(frame).messages)) {
        outcome.enqueuedAfterMs.set(seq, at - (sentAt.get(seq) ?? at));
      }
    },
  });
  await pipeline.fill('room', members);
  for (let index = 0; index < SECONDS * messagesPerSecond; index += 1) {
    pipeline.after((index * 1_000) / messagesPerSecond, async () => {
      const at = pipeline.now();
      try {
        const { seq } = await pipeline.send('room', TEXT);
        sentAt.set(seq, at);
        outcome.stored += 1;
      } catch (error) {
        if (!(error instanceof ChatError) || error.code !== 'RATE_LIMITED') throw error;
        outcome.refused += 1;
      }
    });
  }
  await pipeline.run(SECONDS * 1_000 + REST_MS);
  if (outcome.enqueuedAfterMs.size !== outcome.stored) {
    throw new Error(`${outcome.stored} stored, ${outcome.enqueuedAfterMs.size} enqueued`);
  }
  return outcome;
}

const LOADS: Load[] = [
  { members: 10, messagesPerSecond: 1 },
  ...[100, 1_000, 10_000].flatMap((members) =>
    [1, 10, 50, 200].map((messagesPerSecond) => ({ members, messagesPerSecond })),
  ),
];

/** Posts per member and message, and what pacing adds to the way to the queue; virtual time. */
export async function benchPacing({ onProgress }: MeasureOptions): Promise<BenchReport> {
  const rows: BenchReport['rows'] = [];
  const found = new Map<string, { perMessage: number; addedP99Ms: number }>();
  for (const load of LOADS) {
    const { members, messagesPerSecond } = load;
    const name = `${members.toLocaleString('en-US')} × ${messagesPerSecond}/s`;
    onProgress(name);
    const [paced, unpaced] = [await offer(load, DEPLOYED), await offer(load, UNPACED)];
    const perMessage = (outcome: Outcome) => outcome.posts / outcome.stored / members;
    const [pacedMs, unpacedMs] = [paced, unpaced].map(({ enqueuedAfterMs }) =>
      [...enqueuedAfterMs.values()].toSorted((a, b) => a - b),
    ) as [number[], number[]];
    const added = (share: number) => at(pacedMs, share) - at(unpacedMs, share);
    found.set(name, { perMessage: perMessage(paced), addedP99Ms: added(0.99) });
    rows.push({
      'room and offered rate': name,
      'posts per member and message': perMessage(paced),
      unpaced: perMessage(unpaced),
      'posts/s': paced.posts / SECONDS,
      'posts/s unpaced': unpaced.posts / SECONDS,
      'added p50 ms': added(0.5),
      'added p99 ms': added(0.99),
      'longest wait ms': at(pacedMs, 1),
      'refused %': (100 * paced.refused) / (paced.refused + paced.stored),
    });
  }
  const hot = found.get('1,000 × 50/s');
  const quiet = found.get('10 × 1/s');
  return {
    title: `Pacing: ${SECONDS} s of messages at even intervals, at a share of ${DEPLOYED.roomPostsPerSecond.toLocaleString('en-US')} posts/s`,
    rows,
    targets: [
      {
        what: 'posts per member and message at 1,000 × 50/s',
        value: hot?.perMessage ?? Number.NaN,
        max: 0.15,
      },
      {
        what: 'p99 of the added ms at 1,000 × 50/s',
        value: hot?.addedP99Ms ?? Number.NaN,
        max: 600,
      },
      { what: 'p99 of the added ms at 10 × 1/s', value: quiet?.addedP99Ms ?? Number.NaN, max: 0 },
    ],
  };
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
