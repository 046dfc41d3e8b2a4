import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createFanOut } from '../../../services/messages/2-fan-out/fan-out.ts';
import { createJobCollector } from '../../../services/messages/2-fan-out/job-collector.ts';
import type { PartLimits } from '../../../services/messages/2-fan-out/parts.ts';
import { createTellPart } from '../../../services/messages/flush/tell-part.ts';
import { decodeJob } from '../../../shared/aws/delivery-job.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createDeliveryQueue, createRoomJobQueue } from '../../../shared/aws/queues.ts';
import { decodeRoomJob } from '../../../shared/aws/room-job.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import type { PartJob } from '../../../shared/domain/ports.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { packFrames } from '../../../shared/protocol/wire-entry.ts';
import { aServiceError, type EngineCall, type Intercept } from '../../support/fault-proxy.ts';
import { connectionIdsUpTo, fillMembers } from '../../support/fill-members.ts';
import { aMessage } from '../../support/log-entries.ts';
import { receiveAndDelete } from '../../support/receive-jobs.ts';
import { type Engines, startEngines } from './engines.ts';

/** A room of the size of any, spread as if it were sixteen times as large. */
const MEMBERS = 5_000;
const SHARD_MEMBERS_MAX = 400;

const everybody = connectionIdsUpTo(MEMBERS).toSorted();
let engines: Engines;
let shardCount: number;

beforeAll(async () => {
  engines = await startEngines();
  const { names, patientClient: client } = engines;
  shardCount = await fillMembers({ client, names }, 'stadium', everybody, {
    shardMembersMax: SHARD_MEMBERS_MAX,
  });
}, 120_000);
afterAll(() => engines?.stop());
beforeEach(() => {
  engines.dynamoDb.calls.length = 0;
});
afterEach(() => engines.dynamoDb.intercept());

const IN_ONE_GO = { shardsMax: 16, shardsPerPart: 1 };
const IN_PARTS = { shardsMax: 8, shardsPerPart: 2 };
/** So much that nothing is delayed. */
const limits = { roomPostsAtOnce: 1_000_000 };

/** The functions of both levels, as they are composed when they are deployed. */
function compose(partLimits: PartLimits = IN_PARTS) {
  const { client, sqsClient, names } = engines;
  const clock = systemClock;
  const memberships = createMemberships({ client, table: names.MEMBERSHIPS_TABLE, clock });
  const queue = createDeliveryQueue({ client: sqsClient, queueUrl: names.DELIVERY_QUEUE_URL });
  const jobs = createRoomJobQueue({ client: sqsClient, queueUrl: names.FLUSH_QUEUE_URL });
  return {
    queue,
    rooms: createRooms({ client, table: names.ROOMS_TABLE }),
    fanOut: createFanOut({ memberships, packFrames, jobs, partLimits, limits, clock }),
    tellPart: createTellPart({ memberships, queue, limits }),
  };
}

/** @returns of how many members it knows */
async function fanOut(seqs: number[], partLimits?: PartLimits): Promise<number> {
  const { rooms, fanOut: toAll, queue } = compose(partLimits);
  const collector = createJobCollector(queue, limits);
  const entries = seqs.map((seq) => aMessage({ roomId: 'stadium', seq }));
  const told = toAll(await rooms.read('stadium'), entries, collector.add);
  const { members } = await told.finally(() => collector.close());
  return members;
}

/** What the fan-out has left to others. */
async function takeParts(): Promise<PartJob[]> {
  const bodies = await receiveAndDelete(engines.sqsClient, engines.names.FLUSH_QUEUE_URL);
  return bodies.map(decodeRoomJob).filter((job) => job.kind === 'part');
}

/** Of each job that waits in the queue: who is to get it. */
async function recipients(): Promise<string[]> {
  const bodies = await receiveAndDelete(engines.sqsClient, engines.names.DELIVERY_QUEUE_URL);
  return bodies.flatMap((body) => decodeJob(body).connectionIds).toSorted();
}

describe('a large room', () => {
  it('is fanned out to every member exactly once, whatever the shard', async () => {
    expect(shardCount).toBe(16);
    expect(await fanOut([1, 2], IN_ONE_GO)).toBe(MEMBERS);

    expect(await recipients()).toEqual(everybody);
    const queries = engines.dynamoDb.calls.filter(({ operation }) => operation === 'Query');
    const partitions = queries.map(({ input }) => partitionOf(input).S);
    expect(new Set(partitions).size).toBe(16);
    expect(await takeParts()).toEqual([]);
  }, 60_000);

  it('is fanned out to everybody again when one page has failed', async () => {
    engines.dynamoDb.intercept(failQuery(10));
    await expect(fanOut([3], IN_ONE_GO)).rejects.toMatchObject(NOT_FOUND);
    engines.dynamoDb.intercept();
    await fanOut([3], IN_ONE_GO);

    expect([...new Set(await recipients())]).toEqual(everybody);
  }, 60_000);
});

describe('a very large room', () => {
  it('is fanned out in parts, which reach every member exactly once', async () => {
    expect(await fanOut([4])).toBe(MEMBERS);
    expect(await recipients()).toEqual([]);

    const parts = await takeParts();
    const shards = parts.map((part) => part.shards).toSorted((a, b) => a.first - b.first);
    expect(shards).toEqual([0, 2, 4, 6, 8, 10, 12, 14].map((first) => ({ first, end: first + 2 })));
    const { tellPart } = compose();
    let told = 0;
    for (const part of parts) told += (await tellPart(part)).members;

    expect(told).toBe(MEMBERS);
    expect(await recipients()).toEqual(everybody);
  }, 60_000);

  it('is told by a part again when it has failed', async () => {
    await fanOut([5]);
    const { tellPart } = compose();
    for (const part of await takeParts()) {
      engines.dynamoDb.intercept(failQuery(2));
      await expect(tellPart(part)).rejects.toMatchObject(NOT_FOUND);
      engines.dynamoDb.intercept();
      await tellPart(part);
    }

    expect([...new Set(await recipients())]).toEqual(everybody);
  }, 60_000);

  it('gets what does not fit into one job in several', async () => {
    const text = 'x'.repeat(4_000);
    const { rooms, fanOut: toAll } = compose();
    const entries = Array.from({ length: 70 }, (_, index) =>
      aMessage({ roomId: 'stadium', seq: index + 1, text }),
    );
    const { frames } = await toAll(await rooms.read('stadium'), entries, async () => {});

    const parts = await takeParts();
    expect(frames).toBe(10);
    expect(parts.map((part) => part.frames.length).toSorted()).toEqual(
      [2, 8].flatMap((count) => Array.from({ length: 8 }, () => count)),
    );
  }, 60_000);
});

/** Without the moment, which is the next second's for some of them. */
const partitionOf = ({ ExpressionAttributeValues: values }: EngineCall['input']) =>
  Object(values)[':partition'];

const NOT_FOUND = { name: 'ResourceNotFoundException' };

function failQuery(which: number): Intercept {
  let queries = 0;
  return async ({ operation }, forward) => {
    if (operation === 'Query') queries += 1;
    return operation === 'Query' && queries === which ? aServiceError(NOT_FOUND.name) : forward();
  };
}
