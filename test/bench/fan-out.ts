import { createMemberships } from '../../shared/aws/memberships-table.ts';
import { systemClock } from '../../shared/lambda/time.ts';
import { connectionIdsUpTo, fillMembers } from '../support/fill-members.ts';
import { aMessage } from '../support/log-entries.ts';
import { aStreamEvent, aStreamRecord } from '../support/stream-events.ts';
import { type Handler, loadBuiltHandler, PATIENT_CONTEXT } from './built-handler.ts';
import { type BenchEngines, startBenchEngines } from './engines.ts';
import { type MeasureOptions, measure, median, medianRatio } from './harness.ts';
import { judgeLargeRoom } from './large-room.ts';
import { observeRequests } from './observed-requests.ts';
import type { BenchReport } from './report.ts';

const ROOM_SIZES = [10, 100, 1_000, 10_000, 100_000];

/** Small rooms are fanned out often enough for a clock to tell. */
const MEMBERS_PER_ROUND = 10_000;

/** What the mapping of the stream is deployed with: one, and five repetitions. */
const ATTEMPTS = 6;

interface BatchResponse {
  batchItemFailures: unknown[];
}

/** What `2-fan-out` takes for one message, per member, beside merely reading the members. */
export async function benchFanOut(options: MeasureOptions): Promise<BenchReport> {
  options.onProgress('starting the engines');
  const engines = await startBenchEngines();
  try {
    const handler = await loadBuiltHandler<unknown, BatchResponse>(
      'services/messages/2-fan-out',
      engines.environment,
    );
    const rows = [];
    for (const size of ROOM_SIZES) rows.push(await benchRoom(engines, handler, size, options));
    const largest = ROOM_SIZES.at(-1) ?? 0;
    options.onProgress(`${largest} members, each exactly once?`);
    const event = eventOf(roomOf(largest));
    const targets = await judgeLargeRoom(engines, event, connectionIdsUpTo(largest));
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
  handler: Handler<unknown, BatchResponse>,
  size: number,
  { rounds, onProgress }: MeasureOptions,
) {
  const roomId = roomOf(size);
  const shardCount = await fillMembers(engines, roomId, connectionIdsUpTo(size), { onProgress });
  const repeats = Math.max(1, MEMBERS_PER_ROUND / size);
  const event = eventOf(roomId);
  let repetitions = 0;
  /** As the event source mapping does; on a slow machine a page of 1 MB may not arrive in its second. */
  const fanOut = async () => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { batchItemFailures } = await handler(event, PATIENT_CONTEXT);
      if (batchItemFailures.length === 0) return;
      repetitions += 1;
    }
    throw new Error(`The fan-out of ${roomId} failed ${ATTEMPTS} times in a row.`);
  };
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
  const requests = await observeRequests(fanOut);
  const jobs = requests.filter(({ operation }) => operation === 'SendMessageBatch');
  const ends = jobs.map(({ endedAt }) => endedAt - startedAt);
  return {
    members: size,
    shards: shardCount,
    'CPU µs per member': median(handled.cpuUs),
    'merely reading': median(reading.cpuUs),
    '× reading': medianRatio(handled.cpuUs, reading.cpuUs),
    // Of the members; the head of the room is one more.
    'table units': 1 + (await read()),
    pages: requests.filter(({ operation }) => operation === 'Query').length,
    'SQS calls': jobs.length,
    'first job ms': Math.min(...ends),
    'last job ms': Math.max(...ends),
    'failed and repeated': repetitions,
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
