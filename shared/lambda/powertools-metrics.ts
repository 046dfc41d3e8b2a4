import { Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { METRICS, type MeteredFunction, type MetricDefinition } from '../domain/metrics.ts';
import type { MetricsOf, MetricValues } from './metrics.ts';

/**
 * Metrics as lines of the log, which CloudWatch turns into metrics (EMF). One line per call, and one
 * more for every further hundred values of a list, which is as many as a line may hold.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * Called once per environment, while it starts, so that it counts the cold starts.
 */
export function createMetrics<F extends MeteredFunction>(functionName: F): MetricsOf<F> {
  const powertools = new PowertoolsMetrics({ serviceName: functionName });
  const definitions: Record<string, MetricDefinition> = METRICS[functionName];

  function emit(values: MetricValues<string>): void {
    for (const [name, value = 0] of Object.entries(values)) {
      const unit = definitions[name]?.unit;
      if (unit === undefined) throw new Error(`${functionName} has no metric "${name}".`);
      if (value === 0) continue;
      for (const one of typeof value === 'number' ? [value] : value) {
        powertools.addMetric(name, unit, one);
      }
    }
    if (powertools.hasStoredMetrics()) powertools.publishStoredMetrics();
  }

  emit({ coldStarts: 1 });
  return { emit };
}
