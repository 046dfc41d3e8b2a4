import { describe, expect, it } from '@jest/globals';
import { byStreamBatch, type Pacing } from '../../capacity/pacing.ts';
import { mostThatFits, planFor } from '../../capacity/plan.ts';
import { type Load, trafficOf } from '../../capacity/traffic.ts';

const SMALL: Load = { rooms: 1, members: 10, messagesPerSecond: 1, messageBytes: 300 };
const LARGE: Load = { ...SMALL, members: 10_000, messagesPerSecond: 10 };
const OPTIONS = { quota: 10_000, pacing: byStreamBatch };

describe('the traffic of a load', () => {
  it('of ten members and a message a second', () => {
    expect(trafficOf(SMALL, byStreamBatch)).toMatchObject({
      messages: 1,
      connections: 10,
      posts: 10,
      // 60 bytes of frame around 300 of message.
      postedBytes: 3_600,
      // Ten posts, a message, and ten heartbeats in 270 s.
      gatewayRequests: 11 + 10 / 270,
      fanOuts: 1,
      jobs: 1,
      deliveries: 1,
      // Number 1, message 2, receipt 2.
      tableWrites: 5,
      // Membership 1, receipt 1, head 1, members 1; and two for each heartbeat.
      tableReads: 4 + 20 / 270,
      // Sent, received, deleted.
      sqsRequests: 3,
    });
  });

  it('of ten thousand members and ten messages a second', () => {
    expect(trafficOf(LARGE, byStreamBatch)).toMatchObject({
      // Four fan-outs a second of one frame each.
      posts: 40_000,
      postedBytes: 40_000 * (60 + 2.5 * 300),
      fanOuts: 4,
      // 100 jobs of 100 members, sent by ten at a time.
      jobs: 400,
      deliveries: 40,
      tableWrites: 50,
      // 1.1 MB of memberships are 269 units, four times a second, beside the head of the room.
      tableReads: 20 + 4 * 270 + 20_000 / 270,
      sqsRequests: 120,
      hottestReads: 4 * 269,
    });
  });

  it('meters the queue by 64 KB', () => {
    // Ten jobs of 29,060 + 1,900 + 150 bytes are five times 64 KB, both ways.
    const { sqsRequests } = trafficOf(
      { ...SMALL, members: 1_000, messageBytes: 29_000 },
      byStreamBatch,
    );
    expect(sqsRequests).toBe(5 + 5 + 1);
  });

  it('spreads rooms over the shards that their writes need', () => {
    // 100 × 50/s at two units are 10,000 units/s: ten shards of ten rooms, with 500 records/s each.
    // Each hands over five batches a second, which hold messages of all ten rooms.
    const load = { ...SMALL, rooms: 100, messagesPerSecond: 50 };
    expect(trafficOf(load, byStreamBatch)).toMatchObject({
      fanOuts: 500,
      batches: 50,
      batchesOfOneShard: 5,
      fanOutsPerBatch: 10,
    });
  });

  it('lets the rooms of a batch share requests to the queue', () => {
    // Four polls a second of four shards, each of which brings a message for 25 of 100 rooms: 25 jobs
    // are three requests, sent, received and deleted.
    const load = { ...SMALL, rooms: 400, messagesPerSecond: 1 };
    expect(trafficOf(load, byStreamBatch)).toMatchObject({
      batches: 16,
      jobs: 400,
      deliveries: 48,
      sqsRequests: 144,
    });
  });

  it('follows the pacing that it is given', () => {
    const oncePerSecond: Pacing = ({ messagesPerSecond }) => ({
      fanOutsPerSecond: 1,
      framesPerFanOut: 1,
      messagesPerFrame: messagesPerSecond,
      windowMs: 1_000,
    });
    const { latency, traffic } = planFor(LARGE, { quota: 20_000, pacing: oncePerSecond });
    expect(traffic.posts).toBe(10_000);
    expect(latency.firstMs).toBe(190 + 500);
  });
});

describe('the bill', () => {
  it('of ten members and a message a second, for a month of 2,628,000 s', () => {
    const { monthly: costs } = planFor(SMALL, OPTIONS);
    // 10 posts, 2 for the message, 20/270 for heartbeats, each 2.628 M times; 438,000 minutes.
    expect(costs.apiGateway).toBeCloseTo(12.074074 * 2.628 + 0.438 * 0.25, 4);
    expect(costs.egress).toBeCloseTo(9.4608 * 0.09, 4);
    // Written, read, and 777.6 MB kept.
    expect(costs.dynamoDb).toBeCloseTo(13.14 * 0.625 + 10.706667 * 0.125 + 0.7776 * 0.25, 4);
    expect(costs.sqs).toBeCloseTo(7.884 * 0.5, 4);
    // Send, heartbeat, fan-out, delivery: requests, and their GB-seconds.
    const requests = (3 + 1 / 27) * 2.628 * 0.2;
    const gbSeconds = 2.628e6 * ((1 + 1 / 27) * 0.015 * 0.25 + 0.01525 * 0.5 + 0.025 * 0.5);
    expect(costs.lambda).toBeCloseTo(requests + gbSeconds * 0.0000133334, 4);
    expect(costs.logs).toBeCloseTo(5 * 2.628 * 0.3 * 0.5, 4);
    expect(costs.total).toBeCloseTo(50.788, 2);
  });

  it('takes the second tier of API Gateway beyond a thousand million messages', () => {
    const { monthly: costs } = planFor(LARGE, OPTIONS);
    const messages = (40_000 + 20 + 20_000 / 270) * 2.628;
    const minutes = (10_000 / 60) * 2.628;
    expect(costs.apiGateway).toBeCloseTo(1_000 + (messages - 1_000) * 0.8 + minutes * 0.25, 2);
  });
});

describe('the latency', () => {
  it('is the sum of its parts as long as nothing waits', () => {
    // Send 15, half a poll 125, fan-out 15, queue 10, start 5, post 20; ten members in 0.2 ms.
    const { firstMs, lastMs } = planFor(SMALL, OPTIONS).latency;
    expect(firstMs).toBe(190);
    expect(lastMs).toBeCloseTo(190.5);
  });

  it('waits for the second of the last job where a room is larger than a second of its share', () => {
    const { lastMs } = planFor({ ...LARGE, messagesPerSecond: 0.1 }, OPTIONS).latency;
    // 10,000 members, at the 4,000 posts/s of one room.
    expect(lastMs).toBe(190 + 2_000);
  });

  it('has no end when the backlog grows', () => {
    expect(planFor(LARGE, OPTIONS).latency.lastMs).toBeUndefined();
  });
});

describe('the verdict', () => {
  it.each([
    ['fits a small room', SMALL, { kind: 'fits' }],
    // 10,000 posts, 100 messages, 37 heartbeats a second are 80 % of 12,671.
    [
      'wants a quota with a fifth to spare',
      { ...SMALL, rooms: 100, members: 100 },
      { kind: 'raise-quota', to: 13_000 },
    ],
    // What is beyond the burst of 5,000 takes 5 s at 19,000/s.
    [
      'wants a quota of which the share of a large room reaches everybody in time',
      { ...SMALL, members: 100_000, messagesPerSecond: 0.01 },
      { kind: 'raise-quota', to: 50_000 },
    ],
    [
      'gives up above ten times the default quota',
      { ...SMALL, members: 100_000 },
      { kind: 'managed-service', because: expect.stringContaining('126,000 requests/s') },
    ],
    [
      'gives up on a room that no quota reaches in time',
      { ...SMALL, members: 600_000, messagesPerSecond: 0.01 },
      { kind: 'managed-service', because: expect.stringContaining('600,000 members') },
    ],
  ])('%s', (_title, load, verdict) => {
    expect(planFor(load, OPTIONS).verdict).toEqual(verdict);
  });

  it('minds what a partition, a shard and a function can do', () => {
    const { warnings } = planFor({ ...LARGE, members: 100_000, messagesPerSecond: 600 }, OPTIONS);
    expect(warnings).toEqual([
      expect.stringContaining('partition of Messages takes 1000 units/s; this room writes 1200'),
      expect.stringContaining('partition of Memberships gives 3000 units/s'),
      expect.stringContaining('one batch after the other'),
      expect.stringContaining('3-deliver runs 8 times at once at most'),
    ]);
    expect(planFor(SMALL, OPTIONS).warnings).toEqual([]);
  });

  it('lets a room have what its partition can write, at two units a message', () => {
    expect(mostThatFits(SMALL, 'messagesPerSecond', OPTIONS)).toBeCloseTo(500, -1);
  });

  it.each(['members', 'messagesPerSecond', 'rooms'] as const)(
    'turns where the most that fits of %s is exceeded',
    (quantity) => {
      const most = mostThatFits(SMALL, quantity, OPTIONS);
      const fits = (value: number) => {
        const { verdict, warnings } = planFor({ ...SMALL, [quantity]: value }, OPTIONS);
        return verdict.kind === 'fits' && warnings.length === 0;
      };
      expect(fits(most)).toBe(true);
      expect(fits(most * 1.01 + 0.02)).toBe(false);
    },
  );
});
