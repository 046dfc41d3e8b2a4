import { ChatError } from '../domain/errors.ts';
import type { RouteMetric } from '../domain/metrics.ts';
import type { Log } from './log.ts';
import type { RouteMetrics } from './metrics.ts';

/** Through which a route tells operators what a client is not told. */
export interface RouteTelemetry {
  log: Log;
  metrics: RouteMetrics;
}

/** Counts a request that got an error: whose turn is it to do something about it? */
export function measureRefusal(metrics: RouteMetrics, error: unknown): void {
  metrics.emit({ [kindOf(error)]: 1 });
}

function kindOf(error: unknown): RouteMetric {
  if (!(error instanceof ChatError) || error.code === 'INTERNAL') return 'failed';
  return error.retryable ? 'overloaded' : 'refused';
}
