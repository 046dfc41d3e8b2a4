import { PART_LIMITS } from '../../services/messages/2-fan-out/parts.ts';
import { createMemberships } from '../../shared/aws/memberships-table.ts';
import { systemClock } from '../../shared/lambda/time.ts';
import { connectionIdsUpTo, fillMembers } from '../support/fill-members.ts';
import { aMessage } from '../support/log-entries.ts';
import { aStreamEvent, aStreamRecord } from '../support/stream-events.ts';
import { type BothLevels, loadBothLevels } from './both-levels.ts';
import { type BenchEngines, startBenchEngines } from './engines.ts';
import { type MeasureOptions, measure, median, medianRatio } from './harness.ts';
import { judgeLargeRoom } from './large-room.ts';
import { observeRequests } from './observed-requests.ts';
import type { BenchReport } from './report.ts';

const ROOM_SIZES = [10, 100, 1_000, 10_000, 100_000];

/** Small rooms are fanned out often enough for a clock to tell. */
const MEMBERS_PER_ROUND = 10_000;

/** What `2-fan-out` takes for one message, per member, beside merely reading the members. */
export async function benchFanOut(options: MeasureOptions): Promise<BenchReport> {
  options.onProgress('starting the engines');
  const engines = await startBenchEngines();
  try {
    const levels = await loadBothLevels(engines.environment);
    const rows = [];
    for (const size of ROOM_SIZES) rows.push(await benchRoom(engines, levels, size, options));
    const largest = ROOM_SIZES.at(-1) ?? 0;
    options.onProgress(`${largest} members, each exactly once?`);
    const event = eventOf(roomOf(largest));
    const targets = await judgeLargeRoom(engines, event, connectionIdsUpTo(largest));
    levels.stop();
    return { title: 'Fan-out: of one message of 200 characters', rows, targets };
  } finally {
    await engines.stop();
  }
}

const roomOf = (size: number) => `room-of-${size}`;

const eventOf = (roomId: string) =>
  aStreamEvent(aStreamRecord(aMessage({ roomId, text: 'x'.repeat(200) })));

async function benchRoom(
  engines: BenchEngines,
  levels: BothLevels,
  size: number,
  { rounds, onProgress }: MeasureOptions,
) {
  const roomId = roomOf(size);
  const shardCount = await fillMembers(engines, roomId, connectionIdsUpTo(size), { onProgress });
  const repeats = Math.max(1, MEMBERS_PER_ROUND / size);
  const event = eventOf(roomId);
  const repetitionsBefore = levels.repetitions();
  const inParts = shardCount > PART_LIMITS.shardsMax;
  const fanOut = () => levels.fanOut(event, inParts);
  const read = () => readMembers(engines, roomId, { size, shardCount });
  const repeated = (name: string, once: () => Promise<unknown>) => ({
    name,
    async run() {
      for (let index = 0; index < repeats; index += 1) await once();
      return repeats * size;
    },
  });
  const [handled, reading] = await measure(
    [repeated('2-fan-out', fanOut), repeated('reading', read)],
    { rounds, onProgress: (line) => onProgress(`${size} members, ${line}`) },
  );
  if (handled === undefined || reading === undefined) throw new Error('Nothing was measured.');

  const startedAt = performance.now();
  let times: number[] = [];
  const requests = await observeRequests(async () => {
    times = await fanOut();
  });
  const jobs = requests.filter(({ operation }) => operation === 'SendMessageBatch');
  const ends = jobs.map(({ endedAt }) => endedAt - startedAt);
  return {
    members: size,
    shards: shardCount,
    'CPU µs per member': median(handled.cpuUs),
    'merely reading': median(reading.cpuUs),
    '× reading': medianRatio(handled.cpuUs, reading.cpuUs),
    // Of the members; in parts they are counted too, at half the price; the head of the room is one more.
    'table units': 1 + (await read()) * (inParts ? 1.5 : 1),
    pages: requests.filter(({ operation }) => operation === 'Query').length,
    'SQS calls': jobs.length,
    'first job ms': Math.min(...ends),
    'last job ms': Math.max(...ends),
    invocations: times.length,
    'longest ms': Math.max(...times),
    'failed and repeated': levels.repetitions() - repetitionsBefore,
  };
}

/** @returns the units that it took. */
export async function readMembers(
  { client, names }: BenchEngines,
  roomId: string,
  { size, shardCount }: { size: number; shardCount: number },
) {
  let units = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      const result = await next(args);
      const { ConsumedCapacity } = result.output as {
        ConsumedCapacity?: { CapacityUnits?: number };
      };
      units += ConsumedCapacity?.CapacityUnits ?? 0;
      return result;
    },
    { step: 'initialize', name: 'countUnits', override: true },
  );
  const table = names.MEMBERSHIPS_TABLE;
  let members = 0;
  const { connectionPages } = createMemberships({ client, table, clock: systemClock });
  for await (const page of connectionPages(roomId, { first: 0, end: shardCount }))
    members += page.length;
  if (members !== size) throw new Error(`${roomId} has ${members} members, not ${size}.`);
  return units;
}
