import { describe, expect, it } from '@jest/globals';
import { intendedTimes, keepPace } from '../../load/crowd/schedule.ts';
import { quantilesOf } from '../../load/measure/histogram.ts';
import { mergeIntervals } from '../../load/measure/observations.ts';
import { createTalkRecorder } from '../../load/measure/recorder.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const steady = { arrivals: 'steady', phase: 0, random: () => 0 } as const;

describe('the moments at which messages are meant to be sent', () => {
  it('are at even distances when steady', () => {
    expect([...intendedTimes({ ...steady, rate: 4, seconds: 1 })]).toEqual([0, 250, 500, 750]);
  });

  it('begin later in another room, so that rooms do not speak all at once', () => {
    expect([...intendedTimes({ ...steady, rate: 2, seconds: 1, phase: 0.5 })]).toEqual([250, 750]);
  });

  it('are independent when random: as many as the rate says, and in no distance as often as in none', () => {
    const random = seededRandom(1);
    const times = [
      ...intendedTimes({ ...steady, arrivals: 'random', rate: 10, seconds: 1_000, random }),
    ];
    const gaps = times.map((time, index) => time - (times[index - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;

    expect(times.length / 10_000).toBeCloseTo(1, 1);
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
    expect(times.at(-1)).toBeLessThan(1_000_000);
  });
});

describe('a sender that is held up', () => {
  /** A clock that jumps: the thread does nothing from 200 to 1,200 ms. */
  async function sendThroughStall() {
    let now = 0;
    const sent: { intendedAt: number; at: number }[] = [];
    await keepPace(
      intendedTimes({ ...steady, rate: 10, seconds: 2 }),
      (intendedAt) => sent.push({ intendedAt, at: now }),
      {
        startAt: 0,
        now: () => now,
        sleep: async (ms) => {
          now += ms;
          if (now > 200 && now < 1_200) now = 1_200;
        },
        isOver: () => false,
      },
    );
    return sent;
  }

  it('still sends every message, and those that are late at once', async () => {
    const sent = await sendThroughStall();

    expect(sent).toHaveLength(20);
    expect(sent.filter(({ at }) => at === 1_200)).toHaveLength(10);
  });

  it('is seen in the latencies, which begin when the message was meant to be sent', async () => {
    const recorder = createTalkRecorder(0, 1_000);
    for (const { intendedAt, at } of await sendThroughStall())
      recorder.delivered(intendedAt, at + 5);
    const { intervals } = recorder.data();

    expect(quantilesOf(mergeIntervals(intervals).latencyMs)).toMatchObject({ p50: 5, max: 905 });
    // Measured from the moment it was really sent, every one would have taken 5 ms.
    expect(intervals.map(({ latencyMs }) => latencyMs.max)).toEqual([905, 205]);
    expect(intervals.map(({ delivered }) => delivered)).toEqual([3, 17]);
  });

  it('stops where it is when the talk is over', async () => {
    const sent: number[] = [];
    await keepPace([0, 1, 2, 3], (at) => sent.push(at), {
      startAt: 0,
      now: () => 10,
      sleep: async () => {},
      isOver: () => sent.length === 2,
    });

    expect(sent).toEqual([0, 1]);
  });
});
