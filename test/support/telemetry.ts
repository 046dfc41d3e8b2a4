import { createRecordingLog } from './recording-log.ts';
import { createRecordingMetrics } from './recording-metrics.ts';

/** What a handler tells operators, recorded. */
export const aTelemetry = () => ({ log: createRecordingLog(), metrics: createRecordingMetrics() });
