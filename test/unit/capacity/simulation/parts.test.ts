import { describe, expect, it } from '@jest/globals';
import { createFairQueue } from '../../../capacity/simulation/fair-queue.ts';
import { createLedger, type Frame } from '../../../capacity/simulation/ledger.ts';
import { createPlaces } from '../../../capacity/simulation/places.ts';
import { arrivals, shareOut, sum, zipfSizes } from '../../../capacity/simulation/population.ts';
import { createRateMeter } from '../../../capacity/simulation/rate-meter.ts';
import { createVirtualTime } from '../../../capacity/simulation/virtual-time.ts';
import { createWeightedLatencies } from '../../../capacity/simulation/weighted-latencies.ts';
import { createChance } from '../../../faults/simulation/chance.ts';

const aLetter = (room: number) => ({ room, parts: [], hops: 0 });
const aFrame = (left: number, ...sentAt: number[]): Frame => ({ bytes: 100, sentAt, left });

describe('virtual time', () => {
  it('has things happen in their order, and those of one moment in the order they were asked for', async () => {
    const time = createVirtualTime();
    const seen: string[] = [];
    time.at(20, () => void seen.push(`late ${time.now()}`));
    time.at(10, async () => {
      await Promise.resolve();
      seen.push(`first ${time.now()}`);
      time.after(0, () => void seen.push('third'));
    });
    time.at(10, () => void seen.push('second'));
    time.after(15, () => void seen.push('called off'))();
    await time.runUntil(19);
    expect(seen).toEqual(['first 10', 'second', 'third']);
    expect(time.now()).toBe(19);
  });
});

describe('the population', () => {
  it('has as many connections as it was given, and at least one in each room', () => {
    const members = zipfSizes(10_000, 1_000_000);
    expect(sum(members)).toBe(1_000_000);
    expect(Math.min(...members)).toBeGreaterThanOrEqual(1);
    expect((members[0] ?? 0) / (members[1] ?? 1)).toBeCloseTo(2, 1);
  });

  it.each([
    [0, [1, 1]],
    [0.5, [0.667, 1.333]],
    [1, [0.4, 1.6]],
  ])('shares messages out by the power %s of the members', (activity, rates) => {
    const shared = shareOut([100, 400], 2, activity).map((rate) => Number(rate.toFixed(3)));
    expect(shared).toEqual(rates);
  });

  it('sends at the rates of the rooms', () => {
    const counts = [0, 0];
    for (const { at, room } of arrivals({ members: [1, 1], rates: [1, 9] }, createChance(1))) {
      if (at > 1_000_000) break;
      counts[room] = (counts[room] ?? 0) + 1;
    }
    expect((counts[0] ?? 0) / 1_000).toBeCloseTo(1, 0);
    expect((counts[1] ?? 0) / 1_000).toBeCloseTo(9, 0);
  });
});

describe('the rate meter', () => {
  it('tells what a bucket would have had to hold', async () => {
    const time = createVirtualTime();
    const meter = createRateMeter(time, 1_000);
    meter.add(300);
    await time.runUntil(100);
    meter.add(250);
    // 300 at once, 100 of which the first 100 ms allow.
    expect(meter.mostAbove).toBe(450);
    await time.runUntil(10_000);
    meter.add(440);
    expect(meter.mostAbove).toBe(450);
    expect(meter.total).toBe(990);
  });
});

describe('weighted latencies', () => {
  it('counts each as often as it weighs', () => {
    const latencies = createWeightedLatencies();
    latencies.record(100, 98);
    latencies.record(5_000, 2);
    expect((latencies.quantile(0.5) ?? 0) / 100).toBeCloseTo(1, 1);
    expect((latencies.quantile(0.99) ?? 0) / 5_000).toBeCloseTo(1, 1);
  });

  it('does not know a quantile that had not ended', () => {
    const latencies = createWeightedLatencies();
    latencies.record(100, 60);
    latencies.recordUnended(40);
    expect(latencies.quantile(0.5)).toBeDefined();
    expect(latencies.quantile(0.99)).toBeUndefined();
  });
});

describe('the ledger', () => {
  it('knows when the last member has a message', () => {
    const ledger = createLedger(() => true);
    const frame = aFrame(10, 0, 50);
    ledger.accept(10);
    ledger.accept(10);
    ledger.deliver(frame, 9, 100);
    expect(ledger.lastMembers.weight).toBe(0);
    ledger.deliver(frame, 1, 200);
    expect(ledger.lastMembers.weight).toBe(2);
    expect(ledger.deliveries.weight).toBe(20);
    expect(ledger.pairs).toEqual({ accepted: 20, delivered: 20, givenUp: 0 });
  });

  it('minds a frame that more members got than there are', () => {
    const ledger = createLedger(() => true);
    expect(() => ledger.deliver(aFrame(10, 0), 11, 100)).toThrow('11 of 10');
  });
});

describe('the fair queue', () => {
  it('serves a room that holds most of what is in flight after the others', () => {
    const queue = createFairQueue();
    for (let count = 0; count < 100; count += 1) queue.add(aLetter(1));
    queue.take(40);
    queue.add(aLetter(1));
    queue.add(aLetter(2));
    expect(queue.take(2).map(({ room }) => room)).toEqual([2, 1]);
    expect(queue.length).toBe(60);
  });

  it('forgives when it is done', () => {
    const queue = createFairQueue();
    for (let count = 0; count < 40; count += 1) queue.add(aLetter(1));
    for (const letter of queue.take(40)) queue.done(letter);
    queue.add(aLetter(1));
    queue.add(aLetter(2));
    expect(queue.take(2).map(({ room }) => room)).toEqual([1, 2]);
  });
});

describe('places', () => {
  it('lets no more in than there are, in the order they came', async () => {
    const time = createVirtualTime();
    const places = createPlaces(time, 2);
    const begun: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      places.enter((leave) => {
        begun.push(`${name} ${time.now()}`);
        time.after(10, leave);
      });
    }
    await time.runUntil(100);
    expect(begun).toEqual(['a 0', 'b 0', 'c 10', 'd 10']);
    expect(places.most).toBe(2);
  });
});
