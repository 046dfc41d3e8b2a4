import { describe, expect, it } from '@jest/globals';
import { createHistogram } from '../../load/measure/histogram.ts';
import { mergeObservations, type Observations } from '../../load/measure/observations.ts';
import { toBesideReport } from '../../load/report/beside.ts';

/** A message and a delivery each second, which took so long. */
const seen = (latencies: readonly number[], errors: Record<string, number> = {}): Observations => ({
  ...mergeObservations([]),
  talks: [
    {
      intervals: latencies.map((ms) => {
        const latencyMs = createHistogram();
        latencyMs.record(ms);
        return { offered: 1, stored: 1, delivered: 1, latencyMs: latencyMs.data() };
      }),
      startedAt: 1_000,
      lastDeliveryAt: 9_000,
    },
  ],
  errors,
});

const hot = seen([5_000, 700, 800], { RATE_LIMITED: 9, CONFLICT: 1 });
const SETTINGS = { warmUpSeconds: 1, intervalMs: 1_000 };

describe('what quiet rooms notice of a hot one', () => {
  it('is how much later they are, without the seconds in which functions start', () => {
    const alone = seen([9_000, 100, 200]);
    const quiet = seen([9_000, 150, 600]);

    expect(toBesideReport({ alone, quiet, hot }, SETTINGS)).toMatchObject({
      alone: { count: 2, p50: 100, p99: 200 },
      beside: { count: 2, p50: 150, p99: 600 },
      rise: { p50: 1.5, p99: 3 },
    });
  });

  it('tells of the hot room what waits there, and not what failed otherwise', () => {
    const report = toBesideReport({ alone: seen([]), quiet: seen([]), hot }, SETTINGS);

    expect(report.hot).toMatchObject({
      offered: 3,
      stored: 3,
      toldToWait: 9,
      latencyMs: { count: 2, max: 800 },
    });
  });

  it('is unknown, and not nothing, when there was nothing to compare', () => {
    const alone = seen([100, 100]);
    expect(toBesideReport({ alone, quiet: seen([]), hot }, SETTINGS).rise).toBeUndefined();
    expect(toBesideReport({ alone: seen([100]), quiet: alone, hot }, SETTINGS)).toMatchObject({
      alone: undefined,
      rise: undefined,
    });
  });
});
