import { createHistogram, type Histogram } from './histogram.ts';
import type { TalkSeen } from './observations.ts';

/** Counts one talk, by intervals of time; all times are milliseconds since the epoch. */
export interface TalkRecorder {
  offered(intendedAt: number): void;
  stored(at: number): void;
  /** The latency belongs to the interval in which the message was meant to be sent. */
  delivered(intendedAt: number, at: number): void;
  data(): TalkSeen;
}

interface Interval {
  offered: number;
  stored: number;
  delivered: number;
  latencyMs: Histogram;
}

export function createTalkRecorder(startedAt: number, intervalMs: number): TalkRecorder {
  const intervals: Interval[] = [];
  let lastDeliveryAt = startedAt;

  function at(time: number): Interval {
    const index = Math.max(0, Math.floor((time - startedAt) / intervalMs));
    while (intervals.length <= index) {
      intervals.push({ offered: 0, stored: 0, delivered: 0, latencyMs: createHistogram() });
    }
    return intervals[index] as Interval;
  }

  return {
    offered(intendedAt) {
      at(intendedAt).offered += 1;
    },
    stored(time) {
      at(time).stored += 1;
    },
    delivered(intendedAt, time) {
      at(time).delivered += 1;
      at(intendedAt).latencyMs.record(time - intendedAt);
      lastDeliveryAt = Math.max(lastDeliveryAt, time);
    },
    data: () => ({
      intervals: intervals.map(({ latencyMs, ...counts }) => ({
        ...counts,
        latencyMs: latencyMs.data(),
      })),
      startedAt,
      lastDeliveryAt,
    }),
  };
}
