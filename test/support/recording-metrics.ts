import type { Metrics, MetricValues } from '../../shared/lambda/metrics.ts';

export interface RecordingMetrics extends Metrics<string> {
  /** One for each call, without what is zero, as it would not be emitted. */
  readonly blobs: readonly MetricValues<string>[];
}

export function createRecordingMetrics(): RecordingMetrics {
  const blobs: MetricValues<string>[] = [];
  return {
    blobs,
    emit(values) {
      const measured = Object.entries(values).filter(
        ([, value]) => value !== 0 && !(Array.isArray(value) && value.length === 0),
      );
      if (measured.length > 0) blobs.push(Object.fromEntries(measured));
    },
  };
}
