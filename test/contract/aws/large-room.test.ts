import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createFanOut } from '../../../services/messages/2-fan-out/fan-out.ts';
import { createJobCollector } from '../../../services/messages/2-fan-out/job-collector.ts';
import { decodeJob } from '../../../shared/aws/delivery-job.ts';
import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { createDeliveryQueue } from '../../../shared/aws/queues.ts';
import { createRooms } from '../../../shared/aws/rooms-table.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { packFrames } from '../../../shared/protocol/wire-entry.ts';
import { aServiceError, type Intercept } from '../../support/fault-proxy.ts';
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

async function fanOut(...seqs: number[]) {
  const { client, sqsClient, names } = engines;
  const clock = systemClock;
  const memberships = createMemberships({ client, table: names.MEMBERSHIPS_TABLE, clock });
  const queue = createDeliveryQueue({ client: sqsClient, queueUrl: names.DELIVERY_QUEUE_URL });
  const room = await createRooms({ client, table: names.ROOMS_TABLE }).read('stadium');
  const collector = createJobCollector(queue);
  const entries = seqs.map((seq) => aMessage({ roomId: 'stadium', seq }));
  const report = await createFanOut({ memberships, packFrames, clock })(
    room,
    entries,
    collector.add,
  ).finally(() => collector.close());
  return report.members;
}

/** Of each job that waits in the queue: who is to get it. */
async function recipients(): Promise<string[]> {
  const bodies = await receiveAndDelete(engines.sqsClient, engines.names.DELIVERY_QUEUE_URL);
  return bodies.flatMap((body) => decodeJob(body).connectionIds).toSorted();
}

describe('a large room', () => {
  it('is fanned out to every member exactly once, whatever the shard', async () => {
    expect(shardCount).toBe(16);
    expect(await fanOut(1, 2)).toBe(MEMBERS);

    expect(await recipients()).toEqual(everybody);
    const queries = engines.dynamoDb.calls.filter(({ operation }) => operation === 'Query');
    const partitions = queries.map(({ input }) => JSON.stringify(input.ExpressionAttributeValues));
    expect(new Set(partitions).size).toBe(16);
  }, 60_000);

  it('is fanned out to everybody again when one page has failed', async () => {
    let queries = 0;
    const failTheTenth: Intercept = async ({ operation }, forward) => {
      if (operation === 'Query') queries += 1;
      return operation === 'Query' && queries === 10
        ? aServiceError('ResourceNotFoundException')
        : forward();
    };
    engines.dynamoDb.intercept(failTheTenth);
    await expect(fanOut(3)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    engines.dynamoDb.intercept();
    await fanOut(3);

    expect([...new Set(await recipients())]).toEqual(everybody);
  }, 60_000);
});
