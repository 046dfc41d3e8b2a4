import { createMemoryCheckpointStore } from '../../../local/events/checkpoint-store.ts';
import { DEFAULT_LIMITS } from '../../../local/gateway/limits.ts';
import { connectionIdOf } from '../../support/fill-members.ts';
import { type BenchEngines, startBenchEngines } from '../engines.ts';
import type { MeasureOptions } from '../harness.ts';
import type { BenchReport } from '../report.ts';
import { createBaseline, type Finding } from './baseline.ts';
import { baselineDesign, type Design, pipelineDesign } from './design.ts';
import { type AccountLimits, type BenchGateway, startBenchGateway } from './gateway.ts';
import { type Outcome, rowOf } from './outcome.ts';
import { startPipeline } from './pipeline.ts';
import { type BenchRoom, fillRooms, goneOf, indexesOf, restoreGone, roomsOf } from './rooms.ts';

const ROOM_SIZES = [10, 100, 1_000, 10_000];

/** A twentieth of what an account has, and five who speak at once in a room of a thousand. */
const SCARCE = { requestsPerSecond: 500, requestBurst: 250 };
const CROWDED_SIZE = 1_000;
const CROWDED_MESSAGES = 5;

/** Longer than any request behind API Gateway may take. */
const REACHED_WITHIN_MS = 60_000;

/** This project beside the two designs that people start from, in one run. */
export async function benchDesigns({ rounds, onProgress }: MeasureOptions): Promise<BenchReport[]> {
  onProgress('starting the engines');
  const engines = await startBenchEngines();
  const gateway = await startBenchGateway();
  try {
    const rooms = roomsOf(ROOM_SIZES);
    await fillRooms(engines, rooms, onProgress);
    for (const room of rooms) {
      const gone = new Set(goneOf(room));
      const open = indexesOf(room).filter((index) => !gone.has(index));
      await gateway.ask({ open: open.map(connectionIdOf) });
    }
    const crowded = rooms.filter(({ size }) => size === CROWDED_SIZE);
    const bench = createBench(engines, gateway, rounds, onProgress);
    return [
      {
        title: 'Designs: a message to a room of which one in a hundred has gone',
        rows: await bench(rooms, 1, DEFAULT_LIMITS),
        targets: [],
      },
      {
        title: `Designs: ${CROWDED_MESSAGES} messages at once, with a twentieth of the quota`,
        rows: await bench(crowded, CROWDED_MESSAGES, SCARCE),
        targets: [],
      },
    ];
  } finally {
    gateway.stop();
    await engines.stop();
  }
}

function createBench(
  engines: BenchEngines,
  gateway: BenchGateway,
  rounds: number,
  onProgress: (line: string) => void,
) {
  const checkpoints = createMemoryCheckpointStore();
  let number = 0;

  return async (rooms: readonly BenchRoom[], messages: number, limits: AccountLimits) => {
    onProgress('loading the functions');
    const { endpoint } = gateway;
    const pipeline = await startPipeline({
      engines,
      endpoint,
      limits,
      checkpoints,
      onProblem: onProgress,
    });
    const baselines = (finding: Finding) =>
      Array.from({ length: messages }, () => createBaseline(engines.client, endpoint, finding));
    const designs: Design[] = [
      pipelineDesign(engines, pipeline),
      baselineDesign('query the index, post in the request', baselines('index')),
      baselineDesign('scan everything, post in the request', baselines('scan')),
    ];
    try {
      return await runAll(rooms, designs, messages, limits);
    } finally {
      await pipeline.stop();
    }
  };

  async function runAll(
    rooms: readonly BenchRoom[],
    designs: readonly Design[],
    messages: number,
    limits: AccountLimits,
  ) {
    const outcomes = new Map<string, Outcome[]>();
    for (let round = 0; round <= rounds; round += 1) {
      onProgress(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
      for (const room of rooms) {
        for (const design of designs) {
          const outcome = await runOnce(design, room, messages, limits);
          if (round === 0) continue;
          const key = `${room.size} ${design.name}`;
          outcomes.set(key, [...(outcomes.get(key) ?? []), outcome]);
        }
      }
    }
    return rooms.flatMap((room) =>
      designs.map(({ name }) => {
        const ours = outcomes.get(`${room.size} ${designs[0]?.name}`) ?? [];
        return rowOf(room.size, name, outcomes.get(`${room.size} ${name}`) ?? [], ours);
      }),
    );
  }

  async function runOnce(
    design: Design,
    room: BenchRoom,
    messages: number,
    limits: AccountLimits,
  ): Promise<Outcome> {
    await restoreGone(engines, room);
    const numbers = Array.from({ length: messages }, (_, index) => number + index);
    number += messages;
    const members = room.size - goneOf(room).length;
    // The bucket is full for everybody.
    const before = await gateway.ask({ limits });
    const startedAt = Date.now();
    const cpuBefore = process.cpuUsage();
    let acknowledgedMs = 0;
    const used = await design.run(
      room,
      numbers.map((one) => `#${one}# ${'x'.repeat(200)}`),
      () => {
        acknowledgedMs = Date.now() - startedAt;
      },
      () => gateway.ask({ expect: { numbers, members, withinMs: REACHED_WITHIN_MS } }),
    );
    const { user, system } = process.cpuUsage(cpuBefore);
    const after = await gateway.ask({ tell: numbers });
    const reached = Object.values(after.reached);
    const posts = (status: number) => (after.posts[status] ?? 0) - (before.posts[status] ?? 0);
    return {
      acknowledgedMs,
      lastMemberMs: Math.max(...reached.map(({ lastAt }) => lastAt - startedAt)),
      cpuMs: (user + system) / 1_000,
      posts: posts(200),
      refusedPosts: posts(429),
      missed: reached.reduce((sum, one) => sum + members - one.members, 0),
      // What the senders sent, the answers to them, and what was posted.
      used: { ...used, gatewayMessages: 2 * messages + posts(200) },
      messages,
    };
  }
}
