import { createHistogram } from '../../load/measure/histogram.ts';
import type { Observations } from '../../load/measure/observations.ts';

export const latencies = (...values: number[]) => {
  const histogram = createHistogram();
  for (const value of values) histogram.record(value);
  return histogram.data();
};

/** Two members of one room, a message a second for ten seconds: what one thread of clients saw. */
export const perfect = (): Observations => ({
  talks: [
    {
      intervals: Array.from({ length: 10 }, () => ({
        offered: 1,
        stored: 1,
        delivered: 2,
        latencyMs: latencies(100, 300),
      })),
      startedAt: 1_000_000,
      lastDeliveryAt: 1_010_000,
    },
  ],
  acknowledged: { room: [[1, 10]] },
  members: [
    { roomId: 'room', since: 0, shown: [[1, 10]], duplicated: 0, reordered: 0 },
    { roomId: 'room', since: 0, shown: [[1, 10]], duplicated: 0, reordered: 0 },
  ],
  enterMs: latencies(50, 70),
  storedMs: latencies(20),
  refused: {},
  errors: {},
  attempts: 2,
  opened: 2,
  failedAttempts: {},
  frames: 10,
  frameCharacters: 4_000,
  pushes: 12,
  pushedMs: { 960000: latencies(80, 250) },
  gapsRepaired: 0,
  resets: 0,
});
