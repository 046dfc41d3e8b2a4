import { randomUUID } from 'node:crypto';
import { createMemberships } from '../../shared/aws/memberships-table.ts';
import { systemClock } from '../../shared/lambda/time.ts';
import { connectionIdOf, connectionIdsUpTo, fillMembers } from '../support/fill-members.ts';
import { asUser, aWebSocketMessageEvent } from '../support/web-socket-events.ts';
import { type Handler, loadBuiltHandler, PATIENT_CONTEXT } from './built-handler.ts';
import { type BenchEngines, startBenchEngines } from './engines.ts';
import { type MeasureOptions, measure, median, medianRatio } from './harness.ts';
import { observeRequests } from './observed-requests.ts';
import type { BenchReport } from './report.ts';

const ROOM_SIZES = [1, 100, 10_000, 100_000];
const SENDS = 100;

interface Answer {
  statusCode: number;
  body?: string;
}

/** Round trips and CPU of `1-send`, from the frame to its acknowledgement, in rooms of many sizes. */
export async function benchSend(options: MeasureOptions): Promise<BenchReport> {
  options.onProgress('starting the engines');
  const engines = await startBenchEngines();
  try {
    for (const size of ROOM_SIZES) await fillRoom(engines, size, options.onProgress);
    const handler = await loadBuiltHandler<unknown, Answer>(
      'services/messages/1-send',
      engines.environment,
    );
    const measurements = await measure(
      ROOM_SIZES.map((size) => ({
        name: roomOf(size),
        async run() {
          for (let index = 0; index < SENDS; index += 1) await send(handler, size);
          return SENDS;
        },
      })),
      options,
    );
    const rows = [];
    for (const [index, { cpuUs, wallUs }] of measurements.entries()) {
      const size = ROOM_SIZES[index] ?? 0;
      const requests = await observeRequests(() => send(handler, size));
      rows.push({
        members: size,
        'CPU µs': median(cpuUs),
        lowest: Math.min(...cpuUs),
        highest: Math.max(...cpuUs),
        'wall ms': median(wallUs) / 1_000,
        requests: requests.length,
        'one after the other': roundTrips(requests),
        'which are': requests.map(({ operation }) => operation).join(', '),
      });
    }
    const [smallest, largest] = [measurements.at(0)?.cpuUs ?? [], measurements.at(-1)?.cpuUs ?? []];
    return {
      title: `Sending: per message, ${SENDS} of them a round`,
      rows,
      targets: [
        {
          what: `CPU with ${ROOM_SIZES.at(-1)} members × CPU with one`,
          value: medianRatio(largest, smallest),
          max: 1.25,
        },
      ],
    };
  } finally {
    await engines.stop();
  }
}

const roomOf = (size: number) => `room-of-${size}`;

async function fillRoom(
  engines: BenchEngines,
  size: number,
  onProgress: (line: string) => void,
): Promise<void> {
  await fillMembers(engines, roomOf(size), connectionIdsUpTo(size), { onProgress });
  const table = engines.names.MEMBERSHIPS_TABLE;
  const now = Date.now();
  const sender = { connectionId: connectionIdOf(0), userId: 'user-0', roomId: roomOf(size) };
  await createMemberships({ client: engines.client, table, clock: systemClock }).join(
    { ...sender, joinedAt: now, expiresAt: now + 3_600_000 },
    1,
  );
}

async function send(handler: Handler<unknown, Answer>, size: number): Promise<void> {
  const event = aWebSocketMessageEvent(
    {
      action: 'send',
      roomId: roomOf(size),
      text: 'x'.repeat(200),
      clientMessageId: randomUUID(),
    },
    { ...asUser('user-0'), connectionId: connectionIdOf(0), requestTimeEpoch: Date.now() },
  );
  const { body = '' } = await handler(event, PATIENT_CONTEXT);
  if (JSON.parse(body).type !== 'sent') throw new Error(`A message was refused: ${body}`);
}

/** Those that run beside each other count once. */
function roundTrips(requests: { startedAt: number; endedAt: number }[]): number {
  let trips = 0;
  let busyUntil = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of requests.toSorted((a, b) => a.startedAt - b.startedAt)) {
    if (startedAt >= busyUntil) trips += 1;
    busyUntil = Math.max(busyUntil, endedAt);
  }
  return trips;
}
